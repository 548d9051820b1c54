WITH "t8" AS (
  SELECT
    "t7"."customer_id",
    "t7"."channel",
    MIN("t7"."first_ms") AS "first_ms"
  FROM (
    SELECT
      COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
      "t6"."channel",
      "t6"."first_ms"
    FROM (
      SELECT
        "t3"."subject_id",
        "t3"."channel",
        MIN("t3"."occurred_ms") AS "first_ms"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."subject_id" IS NOT NULL
          AND "t0"."channel" IS NOT NULL
          AND "t0"."channel" <> ''
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t6"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t4"
      ON "t6"."subject_id" = "t4"."mapped_subject"
  ) AS "t7"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t14"."customer_id",
    MIN("t14"."channel") AS "channel",
    MIN("t14"."first_ms") AS "first_ms"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t10"."customer_id",
        "t10"."channel",
        "t10"."first_ms",
        "t12"."earliest_ms"
      FROM "t8" AS "t10"
      INNER JOIN (
        SELECT
          "t9"."customer_id",
          MIN("t9"."first_ms") AS "earliest_ms"
        FROM "t8" AS "t9"
        GROUP BY
          1
      ) AS "t12"
        ON "t10"."customer_id" = "t12"."customer_id"
    ) AS "t13"
    WHERE
      "t13"."first_ms" = "t13"."earliest_ms"
  ) AS "t14"
  GROUP BY
    1
) AS "t15"
ORDER BY
  "t15"."customer_id" ASC
