SELECT
  COUNT(
    CASE WHEN "t1"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
  ) AS "orders",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.paid'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS Nullable(Int64))
      END
    ) AS Nullable(Int64)),
    0
  ) AS "revenue_fen",
  COUNT(
    CASE
      WHEN "t1"."kind" = 'order.refunded'
      THEN 1
      ELSE CAST(NULL AS Nullable(Int64))
    END
  ) AS "refunds",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.refunded'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS Nullable(Int64))
      END
    ) AS Nullable(Int64)),
    0
  ) AS "refunds_fen",
  COUNT(
    CASE
      WHEN (
        "t1"."kind" = 'order.paid'
      ) AND isNull("t1"."subject_id")
      THEN 1
      ELSE CAST(NULL AS Nullable(Int64))
    END
  ) AS "anonymous_orders",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN (
          "t1"."kind" = 'order.paid'
        ) AND isNull("t1"."subject_id")
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS Nullable(Int64))
      END
    ) AS Nullable(Int64)),
    0
  ) AS "anonymous_revenue_fen",
  MIN(
    CASE
      WHEN "t1"."kind" = 'order.paid'
      THEN "t1"."local_day"
      ELSE CAST(NULL AS Nullable(Int32))
    END
  ) AS "first_day",
  MAX(
    CASE
      WHEN "t1"."kind" = 'order.paid'
      THEN "t1"."local_day"
      ELSE CAST(NULL AS Nullable(Int32))
    END
  ) AS "last_day"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid', 'order.refunded')
    AND "t0"."local_day" BETWEEN 19700 AND 19723
) AS "t1"
