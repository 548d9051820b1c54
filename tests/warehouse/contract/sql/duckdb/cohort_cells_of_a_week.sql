WITH "t7" AS (
  SELECT
    "t6"."customer_id",
    "t6"."period",
    COUNT(CASE WHEN "t6"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "orders",
    COALESCE(
      CAST(SUM(
        CASE
          WHEN "t6"."kind" = 'order.paid'
          THEN "t6"."amount_fen"
          ELSE CAST(NULL AS BIGINT)
        END
      ) AS BIGINT),
      0
    ) AS "revenue_fen",
    COALESCE(
      CAST(SUM(
        CASE
          WHEN "t6"."kind" = 'order.refunded'
          THEN "t6"."amount_fen"
          ELSE CAST(NULL AS BIGINT)
        END
      ) AS BIGINT),
      0
    ) AS "refunds_fen"
  FROM (
    SELECT
      COALESCE("t3"."root", "t5"."subject_id") AS "customer_id",
      "t5"."period",
      "t5"."kind",
      "t5"."amount_fen"
    FROM (
      SELECT
        "t0"."subject_id",
        CAST(FLOOR((
          CAST("t0"."local_day" AS BIGINT) + 7000003
        ) / (
          7
        )) AS BIGINT) - 1000000 AS "period",
        "t0"."kind",
        "t0"."amount_fen"
      FROM "touchpoints" AS "t0"
      WHERE
        "t0"."kind" IN ('order.paid', 'order.refunded')
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
    ) AS "t3"
      ON "t5"."subject_id" = "t3"."mapped_subject"
  ) AS "t6"
  GROUP BY
    1,
    2
)
SELECT
  "t15"."cohort",
  "t15"."grp",
  "t15"."period",
  "t15"."customers",
  "t15"."orders",
  "t15"."revenue_fen",
  "t15"."refunds_fen",
  (
    "t15"."revenue_fen" - "t15"."refunds_fen"
  ) * 1000 AS "margin_mfen"
FROM (
  SELECT
    "t14"."cohort",
    "t14"."grp",
    "t14"."period",
    COUNT(CASE WHEN "t14"."orders" > 0 THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "customers",
    COALESCE(CAST(SUM("t14"."orders") AS BIGINT), 0) AS "orders",
    COALESCE(CAST(SUM("t14"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t14"."refunds_fen") AS BIGINT), 0) AS "refunds_fen"
  FROM (
    SELECT
      "t13"."customer_id",
      GREATEST("t13"."period", "t13"."cohort") AS "period",
      "t13"."orders",
      "t13"."revenue_fen",
      "t13"."refunds_fen",
      "t13"."cohort",
      0 AS "grp"
    FROM (
      SELECT
        "t9"."customer_id",
        "t9"."period",
        "t9"."orders",
        "t9"."revenue_fen",
        "t9"."refunds_fen",
        "t12"."cohort"
      FROM "t7" AS "t9"
      INNER JOIN (
        SELECT
          "t10"."customer_id",
          MIN("t10"."period") AS "cohort"
        FROM (
          SELECT
            *
          FROM "t7" AS "t8"
          WHERE
            "t8"."orders" > 0
        ) AS "t10"
        GROUP BY
          1
      ) AS "t12"
        ON "t9"."customer_id" = "t12"."customer_id"
    ) AS "t13"
  ) AS "t14"
  GROUP BY
    1,
    2,
    3
) AS "t15"
ORDER BY
  "t15"."cohort" ASC,
  "t15"."grp" ASC,
  "t15"."period" ASC
