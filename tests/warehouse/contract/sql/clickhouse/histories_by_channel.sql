WITH "t11" AS (
  SELECT
    "t9"."customer_id" AS "customer_id",
    "t9"."channel" AS "channel",
    MIN("t9"."first_ms") AS "first_ms"
  FROM (
    SELECT
      COALESCE("t5"."root", "t7"."subject_id") AS "customer_id",
      "t7"."channel" AS "channel",
      "t7"."first_ms" AS "first_ms"
    FROM (
      SELECT
        "t4"."subject_id" AS "subject_id",
        "t4"."channel" AS "channel",
        MIN("t4"."occurred_ms") AS "first_ms"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."local_day" <= 19723
          AND isNotNull("t0"."subject_id")
          AND isNotNull("t0"."channel")
          AND "t0"."channel" <> ''
      ) AS "t4"
      GROUP BY
        "t4"."subject_id",
        "t4"."channel"
    ) AS "t7"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t5"
      ON "t7"."subject_id" = "t5"."mapped_subject"
  ) AS "t9"
  GROUP BY
    "t9"."customer_id",
    "t9"."channel"
)
SELECT
  "t27"."customer_id" AS "customer_id",
  "t27"."first_day" AS "first_day",
  "t27"."last_day" AS "last_day",
  "t27"."days" AS "days",
  "t27"."orders" AS "orders",
  "t27"."revenue_fen" AS "revenue_fen",
  "t27"."first_day_fen" AS "first_day_fen",
  "t27"."refunds_fen" AS "refunds_fen",
  "t27"."margin_mfen" AS "margin_mfen",
  COALESCE("t27"."channel", '') AS "channel"
FROM (
  SELECT
    "t26".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t24"."customer_id" AS "customer_id",
      "t24"."first_day" AS "first_day",
      "t24"."last_day" AS "last_day",
      "t24"."days" AS "days",
      "t24"."orders" AS "orders",
      "t24"."revenue_fen" AS "revenue_fen",
      "t24"."first_day_fen" AS "first_day_fen",
      "t24"."refunds_fen" AS "refunds_fen",
      "t24"."margin_mfen" AS "margin_mfen",
      "t25"."customer_id" AS "customer_id_right",
      "t25"."channel" AS "channel"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t17"."customer_id" AS "customer_id",
          MIN(
            CASE
              WHEN "t17"."orders" > 0
              THEN "t17"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "first_day",
          MAX(
            CASE
              WHEN "t17"."orders" > 0
              THEN "t17"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "last_day",
          COALESCE(CAST(SUM(CASE WHEN "t17"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
          COALESCE(CAST(SUM("t17"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t17"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          argMin(
            tuple("t17"."revenue_fen"),
            COALESCE(
              CASE
                WHEN "t17"."orders" > 0
                THEN "t17"."local_day"
                ELSE CAST(NULL AS Nullable(Int32))
              END,
              2147483647
            )
          ).1 AS "first_day_fen",
          COALESCE(CAST(SUM("t17"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t17"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
        FROM (
          SELECT
            "t13"."customer_id" AS "customer_id",
            "t13"."local_day" AS "local_day",
            COALESCE(CAST(SUM("t13"."orders") AS Nullable(Int64)), 0) AS "orders",
            COALESCE(CAST(SUM("t13"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
            COALESCE(CAST(SUM("t13"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
            COALESCE(CAST(SUM("t13"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
          FROM (
            SELECT
              COALESCE("t5"."root", "t10"."subject_id") AS "customer_id",
              "t10"."local_day" AS "local_day",
              "t10"."orders" AS "orders",
              "t10"."revenue_fen" AS "revenue_fen",
              "t10"."refunds_fen" AS "refunds_fen",
              "t10"."margin_mfen" AS "margin_mfen"
            FROM (
              SELECT
                "t3"."subject_id" AS "subject_id",
                "t3"."local_day" AS "local_day",
                COALESCE(
                  CAST(SUM(CASE WHEN "t3"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
                  0
                ) AS "orders",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.paid'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS Nullable(Int64))
                    END
                  ) AS Nullable(Int64)),
                  0
                ) AS "revenue_fen",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.refunded'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS Nullable(Int64))
                    END
                  ) AS Nullable(Int64)),
                  0
                ) AS "refunds_fen",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.paid'
                      THEN "t3"."amount_fen"
                      ELSE -(
                        "t3"."amount_fen"
                      )
                    END * 1000
                  ) AS Nullable(Int64)),
                  0
                ) AS "margin_mfen"
              FROM (
                SELECT
                  *
                FROM "touchpoints" AS "t0"
                WHERE
                  "t0"."kind" IN ('order.paid', 'order.refunded')
                  AND isNotNull("t0"."subject_id")
                  AND "t0"."local_day" <= 19723
              ) AS "t3"
              GROUP BY
                "t3"."subject_id",
                "t3"."local_day"
            ) AS "t10"
            LEFT OUTER JOIN (
              SELECT
                "t1"."subject_id" AS "mapped_subject",
                "t1"."customer_id" AS "root"
              FROM "subject_map" AS "t1"
            ) AS "t5"
              ON "t10"."subject_id" = "t5"."mapped_subject"
          ) AS "t13"
          GROUP BY
            "t13"."customer_id",
            "t13"."local_day"
        ) AS "t17"
        GROUP BY
          "t17"."customer_id"
      ) AS "t20"
      WHERE
        "t20"."orders" > 0
    ) AS "t24"
    LEFT OUTER JOIN (
      SELECT
        "t21"."customer_id" AS "customer_id",
        "t21"."channel" AS "channel"
      FROM (
        SELECT
          "t19"."customer_id" AS "customer_id",
          MIN("t19"."channel") AS "channel",
          MIN("t19"."first_ms") AS "first_ms"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t14"."customer_id" AS "customer_id",
              "t14"."channel" AS "channel",
              "t14"."first_ms" AS "first_ms",
              "t16"."earliest_ms" AS "earliest_ms"
            FROM "t11" AS "t14"
            INNER JOIN (
              SELECT
                "t12"."customer_id" AS "customer_id",
                MIN("t12"."first_ms") AS "earliest_ms"
              FROM "t11" AS "t12"
              GROUP BY
                "t12"."customer_id"
            ) AS "t16"
              ON "t14"."customer_id" = "t16"."customer_id"
          ) AS "t18"
          WHERE
            "t18"."first_ms" = "t18"."earliest_ms"
        ) AS "t19"
        GROUP BY
          "t19"."customer_id"
      ) AS "t21"
    ) AS "t25"
      ON "t24"."customer_id" = "t25"."customer_id"
  ) AS "t26"
) AS "t27"
ORDER BY
  "t27"."customer_id" ASC
