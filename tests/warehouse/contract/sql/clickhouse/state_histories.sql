SELECT
  *
FROM (
  SELECT
    "t5"."customer_id" AS "customer_id",
    "t5"."state" AS "state",
    "t14"."first_day" AS "first_day",
    "t14"."last_day" AS "last_day",
    "t14"."days" AS "days",
    "t14"."orders" AS "orders",
    "t14"."revenue_fen" AS "revenue_fen",
    "t14"."first_day_fen" AS "first_day_fen",
    "t14"."refunds_fen" AS "refunds_fen",
    "t14"."margin_mfen" AS "margin_mfen"
  FROM (
    SELECT
      "t0"."customer_id" AS "customer_id",
      "t0"."state" AS "state"
    FROM "customer_states" AS "t0"
  ) AS "t5"
  LEFT OUTER JOIN (
    SELECT
      "t12"."customer_id" AS "buyer_id",
      "t12"."first_day" AS "first_day",
      "t12"."last_day" AS "last_day",
      "t12"."days" AS "days",
      "t12"."orders" AS "orders",
      "t12"."revenue_fen" AS "revenue_fen",
      "t12"."first_day_fen" AS "first_day_fen",
      "t12"."refunds_fen" AS "refunds_fen",
      "t12"."margin_mfen" AS "margin_mfen"
    FROM (
      SELECT
        "t11"."customer_id" AS "customer_id",
        MIN(
          CASE
            WHEN "t11"."orders" > 0
            THEN "t11"."local_day"
            ELSE CAST(NULL AS Nullable(Int32))
          END
        ) AS "first_day",
        MAX(
          CASE
            WHEN "t11"."orders" > 0
            THEN "t11"."local_day"
            ELSE CAST(NULL AS Nullable(Int32))
          END
        ) AS "last_day",
        COALESCE(CAST(SUM(CASE WHEN "t11"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
        COALESCE(CAST(SUM("t11"."orders") AS Nullable(Int64)), 0) AS "orders",
        COALESCE(CAST(SUM("t11"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
        argMin(
          tuple("t11"."revenue_fen"),
          COALESCE(
            CASE
              WHEN "t11"."orders" > 0
              THEN "t11"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END,
            2147483647
          )
        ).1 AS "first_day_fen",
        COALESCE(CAST(SUM("t11"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
        COALESCE(CAST(SUM("t11"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
      FROM (
        SELECT
          "t10"."customer_id" AS "customer_id",
          "t10"."local_day" AS "local_day",
          COALESCE(CAST(SUM("t10"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t10"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          COALESCE(CAST(SUM("t10"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t10"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
        FROM (
          SELECT
            COALESCE("t7"."root", "t9"."subject_id") AS "customer_id",
            "t9"."local_day" AS "local_day",
            "t9"."orders" AS "orders",
            "t9"."revenue_fen" AS "revenue_fen",
            "t9"."refunds_fen" AS "refunds_fen",
            "t9"."margin_mfen" AS "margin_mfen"
          FROM (
            SELECT
              "t6"."subject_id" AS "subject_id",
              "t6"."local_day" AS "local_day",
              COALESCE(
                CAST(SUM(CASE WHEN "t6"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
                0
              ) AS "orders",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t6"."kind" = 'order.paid'
                    THEN "t6"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "revenue_fen",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t6"."kind" = 'order.refunded'
                    THEN "t6"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "refunds_fen",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t6"."kind" = 'order.paid'
                    THEN "t6"."amount_fen"
                    ELSE -(
                      "t6"."amount_fen"
                    )
                  END * 1000
                ) AS Nullable(Int64)),
                0
              ) AS "margin_mfen"
            FROM (
              SELECT
                *
              FROM "touchpoints" AS "t1"
              WHERE
                "t1"."kind" IN ('order.paid', 'order.refunded')
                AND isNotNull("t1"."subject_id")
                AND "t1"."local_day" <= 19723
            ) AS "t6"
            GROUP BY
              "t6"."subject_id",
              "t6"."local_day"
          ) AS "t9"
          LEFT OUTER JOIN (
            SELECT
              "t2"."subject_id" AS "mapped_subject",
              "t2"."customer_id" AS "root"
            FROM "subject_map" AS "t2"
          ) AS "t7"
            ON "t9"."subject_id" = "t7"."mapped_subject"
        ) AS "t10"
        GROUP BY
          "t10"."customer_id",
          "t10"."local_day"
      ) AS "t11"
      GROUP BY
        "t11"."customer_id"
    ) AS "t12"
    WHERE
      "t12"."orders" > 0
  ) AS "t14"
    ON "t5"."customer_id" = "t14"."buyer_id"
) AS "t15"
ORDER BY
  "t15"."customer_id" ASC
