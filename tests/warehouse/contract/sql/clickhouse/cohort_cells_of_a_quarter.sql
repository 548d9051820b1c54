WITH "t8" AS (
  SELECT
    "t7"."customer_id" AS "customer_id",
    "t7"."period" AS "period",
    COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t7"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t7"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen"
  FROM (
    SELECT
      COALESCE("t3"."root", "t6"."subject_id") AS "customer_id",
      "t6"."period" AS "period",
      "t6"."orders" AS "orders",
      "t6"."revenue_fen" AS "revenue_fen",
      "t6"."refunds_fen" AS "refunds_fen"
    FROM (
      SELECT
        "t4"."subject_id" AS "subject_id",
        "t4"."period" AS "period",
        COALESCE(
          CAST(SUM(CASE WHEN "t4"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
          0
        ) AS "orders",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.paid'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS Nullable(Int64))
            END
          ) AS Nullable(Int64)),
          0
        ) AS "revenue_fen",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.refunded'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS Nullable(Int64))
            END
          ) AS Nullable(Int64)),
          0
        ) AS "refunds_fen"
      FROM (
        SELECT
          "t0"."id" AS "id",
          "t0"."source" AS "source",
          "t0"."kind" AS "kind",
          "t0"."channel" AS "channel",
          "t0"."subject_id" AS "subject_id",
          "t0"."occurred_ms" AS "occurred_ms",
          "t0"."local_day" AS "local_day",
          "t0"."local_month" AS "local_month",
          "t0"."amount_fen" AS "amount_fen",
          "t0"."quantity" AS "quantity",
          "t0"."bucket" AS "bucket",
          "t0"."payload" AS "payload",
          CAST(FLOOR((
            CAST("t0"."local_month" AS Nullable(Int64))
          ) / (
            3
          )) AS Nullable(Int64)) AS "period"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid', 'order.refunded')
          AND isNotNull("t0"."subject_id")
          AND "t0"."local_day" <= 19900
      ) AS "t4"
      GROUP BY
        "t4"."subject_id",
        "t4"."period"
    ) AS "t6"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t3"
      ON "t6"."subject_id" = "t3"."mapped_subject"
  ) AS "t7"
  GROUP BY
    "t7"."customer_id",
    "t7"."period"
)
SELECT
  "t16"."cohort" AS "cohort",
  "t16"."grp" AS "grp",
  "t16"."period" AS "period",
  "t16"."customers" AS "customers",
  "t16"."orders" AS "orders",
  "t16"."revenue_fen" AS "revenue_fen",
  "t16"."refunds_fen" AS "refunds_fen",
  (
    "t16"."revenue_fen" - "t16"."refunds_fen"
  ) * 1000 AS "margin_mfen"
FROM (
  SELECT
    "t15"."cohort" AS "cohort",
    "t15"."grp" AS "grp",
    "t15"."period" AS "period",
    COALESCE(CAST(SUM(CASE WHEN "t15"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "customers",
    COALESCE(CAST(SUM("t15"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t15"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t15"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen"
  FROM (
    SELECT
      "t14"."customer_id" AS "customer_id",
      GREATEST("t14"."period", "t14"."cohort") AS "period",
      "t14"."orders" AS "orders",
      "t14"."revenue_fen" AS "revenue_fen",
      "t14"."refunds_fen" AS "refunds_fen",
      "t14"."cohort" AS "cohort",
      0 AS "grp"
    FROM (
      SELECT
        "t10"."customer_id" AS "customer_id",
        "t10"."period" AS "period",
        "t10"."orders" AS "orders",
        "t10"."revenue_fen" AS "revenue_fen",
        "t10"."refunds_fen" AS "refunds_fen",
        "t13"."cohort" AS "cohort"
      FROM "t8" AS "t10"
      INNER JOIN (
        SELECT
          "t11"."customer_id" AS "customer_id",
          MIN("t11"."period") AS "cohort"
        FROM (
          SELECT
            *
          FROM "t8" AS "t9"
          WHERE
            "t9"."orders" > 0
        ) AS "t11"
        GROUP BY
          "t11"."customer_id"
      ) AS "t13"
        ON "t10"."customer_id" = "t13"."customer_id"
    ) AS "t14"
  ) AS "t15"
  GROUP BY
    "t15"."cohort",
    "t15"."grp",
    "t15"."period"
) AS "t16"
ORDER BY
  "t16"."cohort" ASC,
  "t16"."grp" ASC,
  "t16"."period" ASC
