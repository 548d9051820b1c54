SELECT
  COUNT(CASE WHEN "t1"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "orders",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.paid'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS BIGINT),
    0
  ) AS "revenue_fen",
  COUNT(CASE WHEN "t1"."kind" = 'order.refunded' THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "refunds",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.refunded'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS BIGINT),
    0
  ) AS "refunds_fen",
  COUNT(
    CASE
      WHEN (
        "t1"."kind" = 'order.paid'
      ) AND (
        "t1"."subject_id" IS NULL
      )
      THEN 1
      ELSE CAST(NULL AS BIGINT)
    END
  ) AS "anonymous_orders",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN (
          "t1"."kind" = 'order.paid'
        ) AND (
          "t1"."subject_id" IS NULL
        )
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS BIGINT),
    0
  ) AS "anonymous_revenue_fen",
  MIN(
    CASE
      WHEN "t1"."kind" = 'order.paid'
      THEN "t1"."local_day"
      ELSE CAST(NULL AS INT)
    END
  ) AS "first_day",
  MAX(
    CASE
      WHEN "t1"."kind" = 'order.paid'
      THEN "t1"."local_day"
      ELSE CAST(NULL AS INT)
    END
  ) AS "last_day"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid', 'order.refunded')
) AS "t1"
