SELECT
  "t7"."customer_id",
  "t7"."local_day",
  "t7"."orders",
  "t7"."revenue_fen",
  "t7"."refunds_fen",
  (
    "t7"."revenue_fen" - "t7"."refunds_fen"
  ) * 1000 AS "margin_mfen"
FROM (
  SELECT
    "t6"."customer_id",
    "t6"."local_day",
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
      COALESCE("t5"."root", "t4"."subject_id") AS "customer_id",
      "t4"."local_day",
      "t4"."kind",
      "t4"."amount_fen"
    FROM (
      SELECT
        "t0"."subject_id",
        "t0"."local_day",
        "t0"."kind",
        "t0"."amount_fen"
      FROM "touchpoints" AS "t0"
      WHERE
        "t0"."kind" IN ('order.paid', 'order.refunded')
        AND "t0"."subject_id" IS NOT NULL
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
    1,
    2
) AS "t7"
ORDER BY
  "t7"."customer_id" ASC,
  "t7"."local_day" ASC
