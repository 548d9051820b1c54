SELECT
  *
FROM (
  SELECT
    "t7"."customer_id" AS "customer_id",
    "t7"."local_day" AS "local_day",
    COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t7"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t7"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t7"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
      "t6"."local_day" AS "local_day",
      "t6"."orders" AS "orders",
      "t6"."revenue_fen" AS "revenue_fen",
      "t6"."refunds_fen" AS "refunds_fen",
      "t6"."margin_mfen" AS "margin_mfen"
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
    "t7"."customer_id",
    "t7"."local_day"
) AS "t8"
ORDER BY
  "t8"."customer_id" ASC,
  "t8"."local_day" ASC
