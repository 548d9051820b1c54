SELECT
  *
FROM (
  SELECT
    "t8"."customer_id" AS "customer_id",
    MIN(
      CASE
        WHEN "t8"."orders" > 0
        THEN "t8"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "first_day",
    MAX(
      CASE
        WHEN "t8"."orders" > 0
        THEN "t8"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "last_day",
    COUNT(CASE WHEN "t8"."orders" > 0 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "days",
    COALESCE(CAST(SUM("t8"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t8"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    argMin(
      tuple("t8"."revenue_fen"),
      COALESCE(
        CASE
          WHEN "t8"."orders" > 0
          THEN "t8"."local_day"
          ELSE CAST(NULL AS Nullable(Int32))
        END,
        2147483647
      )
    ).1 AS "first_day_fen",
    COALESCE(CAST(SUM("t8"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t8"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t7"."customer_id" AS "customer_id",
      "t7"."local_day" AS "local_day",
      "t7"."orders" AS "orders",
      "t7"."revenue_fen" AS "revenue_fen",
      "t7"."refunds_fen" AS "refunds_fen",
      (
        "t7"."revenue_fen" - "t7"."refunds_fen"
      ) * 1000 AS "margin_mfen"
    FROM (
      SELECT
        "t6"."customer_id" AS "customer_id",
        "t6"."local_day" AS "local_day",
        COUNT(
          CASE WHEN "t6"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
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
        ) AS "refunds_fen"
      FROM (
        SELECT
          COALESCE("t5"."root", "t4"."subject_id") AS "customer_id",
          "t4"."local_day" AS "local_day",
          "t4"."kind" AS "kind",
          "t4"."amount_fen" AS "amount_fen"
        FROM (
          SELECT
            "t0"."subject_id" AS "subject_id",
            "t0"."local_day" AS "local_day",
            "t0"."kind" AS "kind",
            "t0"."amount_fen" AS "amount_fen"
          FROM "touchpoints" AS "t0"
          WHERE
            "t0"."kind" IN ('order.paid', 'order.refunded')
            AND isNotNull("t0"."subject_id")
            AND "t0"."local_day" <= 19723
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
      GROUP BY
        "t6"."customer_id",
        "t6"."local_day"
    ) AS "t7"
  ) AS "t8"
  GROUP BY
    "t8"."customer_id"
) AS "t9"
WHERE
  "t9"."orders" > 0
ORDER BY
  "t9"."customer_id" ASC
