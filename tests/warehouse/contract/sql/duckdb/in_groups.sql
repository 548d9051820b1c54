WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    "t1"."kind" IN ('order.paid')
    AND "t1"."subject_id" IS NOT NULL
    AND "t1"."local_day" <= 19900
), "t13" AS (
  SELECT
    "t12"."customer_id",
    "t12"."first_ms",
    MIN("t12"."told") AS "told"
  FROM (
    SELECT
      COALESCE("t4"."root", "t11"."subject_id") AS "customer_id",
      "t11"."first_ms",
      "t11"."told"
    FROM (
      SELECT
        "t9"."subject_id",
        "t9"."first_ms",
        MIN("t9"."told") AS "told"
      FROM (
        SELECT
          "t6"."subject_id",
          "t8"."first_ms",
          NULLIF("t6"."channel", '') AS "told"
        FROM "t3" AS "t6"
        INNER JOIN (
          SELECT
            "t5"."subject_id",
            MIN("t5"."occurred_ms") AS "first_ms"
          FROM "t3" AS "t5"
          GROUP BY
            1
        ) AS "t8"
          ON "t6"."subject_id" = "t8"."subject_id" AND "t6"."occurred_ms" = "t8"."first_ms"
      ) AS "t9"
      GROUP BY
        1,
        2
    ) AS "t11"
    LEFT OUTER JOIN (
      SELECT
        "t0"."subject_id" AS "mapped_subject",
        "t0"."customer_id" AS "root"
      FROM "subject_map" AS "t0"
      WHERE
        "t0"."customer_id" <> "t0"."subject_id"
    ) AS "t4"
      ON "t11"."subject_id" = "t4"."mapped_subject"
  ) AS "t12"
  GROUP BY
    1,
    2
)
SELECT
  "t18"."customer_id",
  CASE
    WHEN "t18"."told" = 'tmall'
    THEN 0
    WHEN "t18"."told" = '丙'
    THEN 1
    WHEN "t18"."told" IS NULL
    THEN 3
    ELSE 2
  END AS "grp"
FROM (
  SELECT
    "t15"."customer_id",
    "t15"."first_ms",
    "t15"."told",
    "t17"."earliest_ms"
  FROM "t13" AS "t15"
  INNER JOIN (
    SELECT
      "t14"."customer_id",
      MIN("t14"."first_ms") AS "earliest_ms"
    FROM "t13" AS "t14"
    GROUP BY
      1
  ) AS "t17"
    ON "t15"."customer_id" = "t17"."customer_id"
) AS "t18"
WHERE
  "t18"."first_ms" = "t18"."earliest_ms"
ORDER BY
  "t18"."customer_id" ASC
