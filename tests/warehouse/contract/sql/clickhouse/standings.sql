SELECT
  *
FROM (
  SELECT
    "t16"."repeats" AS "repeats",
    "t16"."turns" AS "turns",
    COUNT(*) AS "customers",
    COALESCE(CAST(SUM("t16"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t16"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t16"."priced") AS Nullable(Int64)), 0) AS "priced",
    COALESCE(CAST(SUM("t16"."full") AS Nullable(Int64)), 0) AS "full"
  FROM (
    SELECT
      "t15"."orders" AS "orders",
      "t15"."revenue_fen" AS "revenue_fen",
      "t15"."priced" AS "priced",
      "t15"."full" AS "full",
      CASE WHEN "t15"."days" >= 3 THEN 1 ELSE 0 END AS "repeats",
      CASE WHEN isNotNull("t11"."actor") THEN 1 ELSE 0 END AS "turns"
    FROM (
      SELECT
        "t13"."customer_id" AS "customer_id",
        COUNT(*) AS "days",
        COALESCE(CAST(SUM("t13"."orders") AS Nullable(Int64)), 0) AS "orders",
        COALESCE(CAST(SUM("t13"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
        COALESCE(CAST(SUM("t13"."priced") AS Nullable(Int64)), 0) AS "priced",
        COALESCE(CAST(SUM("t13"."full") AS Nullable(Int64)), 0) AS "full"
      FROM (
        SELECT
          "t12"."customer_id" AS "customer_id",
          "t12"."local_day" AS "local_day",
          COUNT(*) AS "orders",
          COALESCE(CAST(SUM("t12"."amount_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          COALESCE(CAST(SUM("t12"."priced") AS Nullable(Int64)), 0) AS "priced",
          COALESCE(CAST(SUM("t12"."full") AS Nullable(Int64)), 0) AS "full"
        FROM (
          SELECT
            COALESCE("t5"."root", "t8"."subject_id") AS "customer_id",
            "t8"."local_day" AS "local_day",
            "t8"."amount_fen" AS "amount_fen",
            "t8"."priced" AS "priced",
            "t8"."full" AS "full"
          FROM (
            SELECT
              "t0"."subject_id" AS "subject_id",
              "t0"."local_day" AS "local_day",
              "t0"."amount_fen" AS "amount_fen",
              CASE
                WHEN isNotNull(
                  CAST(nullIf(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t0"."payload", '') AS String),
                          CONCAT('(', '"discount_fen":(-?[0-9]{1,18})[,}]', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t0"."payload", '') AS String),
                        CONCAT('(', '"discount_fen":(-?[0-9]{1,18})[,}]', ')')
                      )[2]
                      ELSE NULL
                    END,
                    ''
                  ) AS Nullable(Int64))
                )
                THEN 1
                ELSE 0
              END AS "priced",
              CASE
                WHEN COALESCE(
                  CAST(nullIf(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t0"."payload", '') AS String),
                          CONCAT('(', '"discount_fen":(-?[0-9]{1,18})[,}]', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t0"."payload", '') AS String),
                        CONCAT('(', '"discount_fen":(-?[0-9]{1,18})[,}]', ')')
                      )[2]
                      ELSE NULL
                    END,
                    ''
                  ) AS Nullable(Int64)),
                  1
                ) = 0
                THEN 1
                ELSE 0
              END AS "full"
            FROM "touchpoints" AS "t0"
            WHERE
              isNotNull("t0"."subject_id")
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
          "t12"."customer_id",
          "t12"."local_day"
      ) AS "t13"
      GROUP BY
        "t13"."customer_id"
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
              "t0"."subject_id" AS "subject_id"
            FROM "touchpoints" AS "t0"
            WHERE
              isNotNull("t0"."subject_id")
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
    "t16"."repeats",
    "t16"."turns"
) AS "t17"
ORDER BY
  "t17"."repeats" ASC,
  "t17"."turns" ASC
