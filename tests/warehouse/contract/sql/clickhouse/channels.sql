SELECT
  *
FROM (
  SELECT
    "t1"."channel" AS "channel",
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
    ) AS "refunds_fen"
  FROM (
    SELECT
      "t0"."id" AS "id",
      "t0"."source" AS "source",
      "t0"."kind" AS "kind",
      COALESCE("t0"."channel", '') AS "channel",
      "t0"."subject_id" AS "subject_id",
      "t0"."occurred_ms" AS "occurred_ms",
      "t0"."local_day" AS "local_day",
      "t0"."local_month" AS "local_month",
      "t0"."amount_fen" AS "amount_fen",
      "t0"."quantity" AS "quantity",
      "t0"."bucket" AS "bucket",
      "t0"."payload" AS "payload"
    FROM "touchpoints" AS "t0"
    WHERE
      "t0"."kind" IN ('order.paid', 'order.refunded')
  ) AS "t1"
  GROUP BY
    "t1"."channel"
) AS "t2"
ORDER BY
  "t2"."revenue_fen" DESC,
  "t2"."channel" ASC
