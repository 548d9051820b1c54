SELECT
  *
FROM (
  SELECT
    "t1"."channel",
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
    ) AS "refunds_fen"
  FROM (
    SELECT
      "t0"."id",
      "t0"."source",
      "t0"."kind",
      COALESCE("t0"."channel", '') AS "channel",
      "t0"."subject_id",
      "t0"."occurred_ms",
      "t0"."local_day",
      "t0"."local_month",
      "t0"."amount_fen",
      "t0"."quantity",
      "t0"."bucket",
      "t0"."payload"
    FROM "touchpoints" AS "t0"
    WHERE
      "t0"."kind" IN ('order.paid', 'order.refunded')
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
ORDER BY
  "t2"."revenue_fen" DESC,
  "t2"."channel" ASC
