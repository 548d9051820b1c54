WITH "t7" AS (
  SELECT
    "t6"."customer_id" AS "customer_id",
    "t6"."period" AS "period",
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
      "t4"."period" AS "period",
      "t4"."kind" AS "kind",
      "t4"."amount_fen" AS "amount_fen"
    FROM (
      SELECT
        "t0"."subject_id" AS "subject_id",
        CAST("t0"."local_month" AS Nullable(Int64)) AS "period",
        "t0"."kind" AS "kind",
        "t0"."amount_fen" AS "amount_fen"
      FROM "touchpoints" AS "t0"
      WHERE
        "t0"."kind" IN ('order.paid', 'order.refunded')
        AND isNotNull("t0"."subject_id")
        AND "t0"."local_day" <= 19900
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
    "t6"."period"
)
SELECT
  "t15"."cohort" AS "cohort",
  "t15"."grp" AS "grp",
  "t15"."period" AS "period",
  "t15"."customers" AS "customers",
  "t15"."orders" AS "orders",
  "t15"."revenue_fen" AS "revenue_fen",
  "t15"."refunds_fen" AS "refunds_fen",
  (
    "t15"."revenue_fen" - "t15"."refunds_fen"
  ) * 1000 AS "margin_mfen"
FROM (
  SELECT
    "t14"."cohort" AS "cohort",
    "t14"."grp" AS "grp",
    "t14"."period" AS "period",
    COUNT(CASE WHEN "t14"."orders" > 0 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "customers",
    COALESCE(CAST(SUM("t14"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t14"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t14"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen"
  FROM (
    SELECT
      "t13"."customer_id" AS "customer_id",
      GREATEST("t13"."period", "t13"."cohort") AS "period",
      "t13"."orders" AS "orders",
      "t13"."revenue_fen" AS "revenue_fen",
      "t13"."refunds_fen" AS "refunds_fen",
      "t13"."cohort" AS "cohort",
      0 AS "grp"
    FROM (
      SELECT
        "t9"."customer_id" AS "customer_id",
        "t9"."period" AS "period",
        "t9"."orders" AS "orders",
        "t9"."revenue_fen" AS "revenue_fen",
        "t9"."refunds_fen" AS "refunds_fen",
        "t12"."cohort" AS "cohort"
      FROM "t7" AS "t9"
      INNER JOIN (
        SELECT
          "t10"."customer_id" AS "customer_id",
          MIN("t10"."period") AS "cohort"
        FROM (
          SELECT
            *
          FROM "t7" AS "t8"
          WHERE
            "t8"."orders" > 0
        ) AS "t10"
        GROUP BY
          "t10"."customer_id"
      ) AS "t12"
        ON "t9"."customer_id" = "t12"."customer_id"
    ) AS "t13"
  ) AS "t14"
  GROUP BY
    "t14"."cohort",
    "t14"."grp",
    "t14"."period"
) AS "t15"
ORDER BY
  "t15"."cohort" ASC,
  "t15"."grp" ASC,
  "t15"."period" ASC
