WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    "t1"."kind" IN ('order.paid')
    AND "t1"."subject_id" IS NOT NULL
    AND "t1"."local_day" <= 19900
), "t18" AS (
  SELECT
    "t16"."customer_id",
    MIN("t16"."first_day") AS "first_day"
  FROM (
    SELECT
      COALESCE("t5"."root", "t11"."subject_id") AS "customer_id",
      "t11"."first_day"
    FROM (
      SELECT
        "t6"."subject_id",
        MIN("t6"."local_day") AS "first_day"
      FROM "t3" AS "t6"
      GROUP BY
        1
    ) AS "t11"
    LEFT OUTER JOIN (
      SELECT
        "t0"."subject_id" AS "mapped_subject",
        "t0"."customer_id" AS "root"
      FROM "subject_map" AS "t0"
      WHERE
        "t0"."customer_id" <> "t0"."subject_id"
    ) AS "t5"
      ON "t11"."subject_id" = "t5"."mapped_subject"
  ) AS "t16"
  GROUP BY
    1
), "t26" AS (
  SELECT
    "t24"."customer_id",
    "t24"."first_ms",
    MIN("t24"."told") AS "told"
  FROM (
    SELECT
      COALESCE("t5"."root", "t21"."subject_id") AS "customer_id",
      "t21"."first_ms",
      "t21"."told"
    FROM (
      SELECT
        "t17"."subject_id",
        "t17"."first_ms",
        MIN("t17"."told") AS "told"
      FROM (
        SELECT
          "t8"."subject_id",
          "t12"."first_ms",
          NULLIF("t8"."channel", '') AS "told"
        FROM "t3" AS "t8"
        INNER JOIN (
          SELECT
            "t6"."subject_id",
            MIN("t6"."occurred_ms") AS "first_ms"
          FROM "t3" AS "t6"
          GROUP BY
            1
        ) AS "t12"
          ON "t8"."subject_id" = "t12"."subject_id" AND "t8"."occurred_ms" = "t12"."first_ms"
      ) AS "t17"
      GROUP BY
        1,
        2
    ) AS "t21"
    LEFT OUTER JOIN (
      SELECT
        "t0"."subject_id" AS "mapped_subject",
        "t0"."customer_id" AS "root"
      FROM "subject_map" AS "t0"
      WHERE
        "t0"."customer_id" <> "t0"."subject_id"
    ) AS "t5"
      ON "t21"."subject_id" = "t5"."mapped_subject"
  ) AS "t24"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t37"."grp",
    "t37"."seen",
    "t37"."returned",
    "t37"."days",
    COUNT(*) AS "customers"
  FROM (
    SELECT
      "t36"."grp",
      0 + CASE WHEN (
        19900 - "t22"."first_day"
      ) >= 30 THEN 1 ELSE 0 END + CASE WHEN (
        19900 - "t22"."first_day"
      ) >= 60 THEN 1 ELSE 0 END AS "seen",
      CASE WHEN "t32"."second_day" IS NOT NULL THEN 1 ELSE 0 END AS "returned",
      COALESCE("t32"."second_day", 19900) - "t22"."first_day" AS "days"
    FROM "t18" AS "t22"
    LEFT OUTER JOIN (
      SELECT
        "t27"."buyer",
        MIN("t27"."local_day") AS "second_day"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t15"."buyer",
            "t15"."local_day",
            "t23"."customer_id",
            "t23"."first_day"
          FROM (
            SELECT
              "t13"."customer_id" AS "buyer",
              "t13"."local_day"
            FROM (
              SELECT
                COALESCE("t5"."root", "t7"."subject_id") AS "customer_id",
                "t7"."local_day"
              FROM (
                SELECT
                  "t1"."subject_id",
                  "t1"."local_day"
                FROM "touchpoints" AS "t1"
                WHERE
                  "t1"."kind" IN ('order.paid')
                  AND "t1"."subject_id" IS NOT NULL
                  AND "t1"."local_day" <= 19900
              ) AS "t7"
              LEFT OUTER JOIN (
                SELECT
                  "t0"."subject_id" AS "mapped_subject",
                  "t0"."customer_id" AS "root"
                FROM "subject_map" AS "t0"
                WHERE
                  "t0"."customer_id" <> "t0"."subject_id"
              ) AS "t5"
                ON "t7"."subject_id" = "t5"."mapped_subject"
            ) AS "t13"
          ) AS "t15"
          INNER JOIN "t18" AS "t23"
            ON "t15"."buyer" = "t23"."customer_id"
        ) AS "t25"
        WHERE
          "t25"."local_day" > "t25"."first_day"
      ) AS "t27"
      GROUP BY
        1
    ) AS "t32"
      ON "t22"."customer_id" = "t32"."buyer"
    INNER JOIN (
      SELECT
        "t34"."customer_id",
        CASE WHEN "t34"."told" = 'tmall' THEN 0 WHEN "t34"."told" IS NULL THEN 2 ELSE 1 END AS "grp"
      FROM (
        SELECT
          "t29"."customer_id",
          "t29"."first_ms",
          "t29"."told",
          "t33"."earliest_ms"
        FROM "t26" AS "t29"
        INNER JOIN (
          SELECT
            "t28"."customer_id",
            MIN("t28"."first_ms") AS "earliest_ms"
          FROM "t26" AS "t28"
          GROUP BY
            1
        ) AS "t33"
          ON "t29"."customer_id" = "t33"."customer_id"
      ) AS "t34"
      WHERE
        "t34"."first_ms" = "t34"."earliest_ms"
    ) AS "t36"
      ON "t22"."customer_id" = "t36"."customer_id"
  ) AS "t37"
  GROUP BY
    1,
    2,
    3,
    4
) AS "t38"
ORDER BY
  "t38"."grp" ASC,
  "t38"."seen" ASC,
  "t38"."returned" ASC,
  "t38"."days" ASC
