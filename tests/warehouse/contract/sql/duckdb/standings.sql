SELECT
  *
FROM (
  SELECT
    "t16"."repeats",
    "t16"."turns",
    COUNT(*) AS "customers",
    COALESCE(CAST(SUM("t16"."orders") AS BIGINT), 0) AS "orders",
    COALESCE(CAST(SUM("t16"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t16"."priced") AS BIGINT), 0) AS "priced",
    COALESCE(CAST(SUM("t16"."full") AS BIGINT), 0) AS "full"
  FROM (
    SELECT
      "t15"."orders",
      "t15"."revenue_fen",
      "t15"."priced",
      "t15"."full",
      CASE WHEN "t15"."days" >= 3 THEN 1 ELSE 0 END AS "repeats",
      CASE WHEN "t11"."actor" IS NOT NULL THEN 1 ELSE 0 END AS "turns"
    FROM (
      SELECT
        "t13"."customer_id",
        COUNT(*) AS "days",
        COALESCE(CAST(SUM("t13"."orders") AS BIGINT), 0) AS "orders",
        COALESCE(CAST(SUM("t13"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
        COALESCE(CAST(SUM("t13"."priced") AS BIGINT), 0) AS "priced",
        COALESCE(CAST(SUM("t13"."full") AS BIGINT), 0) AS "full"
      FROM (
        SELECT
          "t12"."customer_id",
          "t12"."local_day",
          COUNT(*) AS "orders",
          COALESCE(CAST(SUM("t12"."amount_fen") AS BIGINT), 0) AS "revenue_fen",
          COALESCE(CAST(SUM("t12"."priced") AS BIGINT), 0) AS "priced",
          COALESCE(CAST(SUM("t12"."full") AS BIGINT), 0) AS "full"
        FROM (
          SELECT
            COALESCE("t5"."root", "t8"."subject_id") AS "customer_id",
            "t8"."local_day",
            "t8"."amount_fen",
            "t8"."priced",
            "t8"."full"
          FROM (
            SELECT
              "t0"."subject_id",
              "t0"."local_day",
              "t0"."amount_fen",
              CASE
                WHEN CAST(NULLIF(
                  REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"discount_fen":(-?[0-9]{1,18})[,}]', 1),
                  ''
                ) AS BIGINT) IS NOT NULL
                THEN 1
                ELSE 0
              END AS "priced",
              CASE
                WHEN COALESCE(
                  CAST(NULLIF(
                    REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"discount_fen":(-?[0-9]{1,18})[,}]', 1),
                    ''
                  ) AS BIGINT),
                  1
                ) = 0
                THEN 1
                ELSE 0
              END AS "full"
            FROM "touchpoints" AS "t0"
            WHERE
              "t0"."subject_id" IS NOT NULL
              AND "t0"."local_day" BETWEEN 19376 AND 19740
              AND "t0"."kind" = 'order.paid'
          ) AS "t8"
          LEFT OUTER JOIN (
            SELECT
              "t1"."subject_id" AS "mapped_subject",
              "t1"."customer_id" AS "root"
            FROM "subject_map" AS "t1"
            WHERE
              "t1"."customer_id" <> "t1"."subject_id"
          ) AS "t5"
            ON "t8"."subject_id" = "t5"."mapped_subject"
        ) AS "t12"
        GROUP BY
          1,
          2
      ) AS "t13"
      GROUP BY
        1
    ) AS "t15"
    LEFT OUTER JOIN (
      SELECT
        "t9"."customer_id" AS "actor"
      FROM (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            COALESCE("t5"."root", "t4"."subject_id") AS "customer_id"
          FROM (
            SELECT
              "t0"."subject_id"
            FROM "touchpoints" AS "t0"
            WHERE
              "t0"."subject_id" IS NOT NULL
              AND "t0"."local_day" BETWEEN 19376 AND 19740
              AND "t0"."kind" IN ('code.scanned')
          ) AS "t4"
          LEFT OUTER JOIN (
            SELECT
              "t1"."subject_id" AS "mapped_subject",
              "t1"."customer_id" AS "root"
            FROM "subject_map" AS "t1"
            WHERE
              "t1"."customer_id" <> "t1"."subject_id"
          ) AS "t5"
            ON "t4"."subject_id" = "t5"."mapped_subject"
        ) AS "t6"
      ) AS "t9"
    ) AS "t11"
      ON "t15"."customer_id" = "t11"."actor"
  ) AS "t16"
  GROUP BY
    1,
    2
) AS "t17"
ORDER BY
  "t17"."repeats" ASC,
  "t17"."turns" ASC
