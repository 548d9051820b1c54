WITH "t13" AS (
  SELECT
    "t11"."customer_id",
    MIN("t11"."first_day") AS "first_day"
  FROM (
    SELECT
      COALESCE("t6"."root", "t8"."subject_id") AS "customer_id",
      "t8"."first_day"
    FROM (
      SELECT
        "t2"."subject_id",
        MIN("t2"."local_day") AS "first_day"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid')
          AND "t0"."subject_id" IS NOT NULL
          AND "t0"."local_day" <= 19900
      ) AS "t2"
      GROUP BY
        1
    ) AS "t8"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
      WHERE
        "t1"."customer_id" <> "t1"."subject_id"
    ) AS "t6"
      ON "t8"."subject_id" = "t6"."mapped_subject"
  ) AS "t11"
  GROUP BY
    1
)
SELECT
  *
FROM (
  SELECT
    "t22"."grp",
    "t22"."seen",
    "t22"."returned",
    "t22"."days",
    COUNT(*) AS "customers"
  FROM (
    SELECT
      0 AS "grp",
      0 + CASE WHEN (
        19900 - "t21"."first_day"
      ) >= 30 THEN 1 ELSE 0 END + CASE WHEN (
        19900 - "t21"."first_day"
      ) >= 60 THEN 1 ELSE 0 END + CASE WHEN (
        19900 - "t21"."first_day"
      ) >= 365 THEN 1 ELSE 0 END AS "seen",
      CASE WHEN "t21"."second_day" IS NOT NULL THEN 1 ELSE 0 END AS "returned",
      COALESCE("t21"."second_day", 19900) - "t21"."first_day" AS "days"
    FROM (
      SELECT
        "t15"."customer_id",
        "t15"."first_day",
        "t20"."second_day"
      FROM "t13" AS "t15"
      LEFT OUTER JOIN (
        SELECT
          "t18"."buyer",
          MIN("t18"."local_day") AS "second_day"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t12"."buyer",
              "t12"."local_day",
              "t16"."customer_id",
              "t16"."first_day"
            FROM (
              SELECT
                "t9"."customer_id" AS "buyer",
                "t9"."local_day"
              FROM (
                SELECT
                  COALESCE("t6"."root", "t5"."subject_id") AS "customer_id",
                  "t5"."local_day"
                FROM (
                  SELECT
                    "t0"."subject_id",
                    "t0"."local_day"
                  FROM "touchpoints" AS "t0"
                  WHERE
                    "t0"."kind" IN ('order.paid')
                    AND "t0"."subject_id" IS NOT NULL
                    AND "t0"."local_day" <= 19900
                ) AS "t5"
                LEFT OUTER JOIN (
                  SELECT
                    "t1"."subject_id" AS "mapped_subject",
                    "t1"."customer_id" AS "root"
                  FROM "subject_map" AS "t1"
                  WHERE
                    "t1"."customer_id" <> "t1"."subject_id"
                ) AS "t6"
                  ON "t5"."subject_id" = "t6"."mapped_subject"
              ) AS "t9"
            ) AS "t12"
            INNER JOIN "t13" AS "t16"
              ON "t12"."buyer" = "t16"."customer_id"
          ) AS "t17"
          WHERE
            "t17"."local_day" > "t17"."first_day"
        ) AS "t18"
        GROUP BY
          1
      ) AS "t20"
        ON "t15"."customer_id" = "t20"."buyer"
    ) AS "t21"
  ) AS "t22"
  GROUP BY
    1,
    2,
    3,
    4
) AS "t23"
ORDER BY
  "t23"."grp" ASC,
  "t23"."seen" ASC,
  "t23"."returned" ASC,
  "t23"."days" ASC
