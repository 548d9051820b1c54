SELECT
  *
FROM (
  SELECT
    "t1"."channel" AS "channel",
    "t1"."local_month" AS "local_month",
    COALESCE(CAST(SUM("t1"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen"
  FROM (
    SELECT
      "t0"."local_day" AS "local_day",
      "t0"."local_month" AS "local_month",
      "t0"."platform" AS "platform",
      COALESCE("t0"."channel", '') AS "channel",
      "t0"."campaign" AS "campaign",
      "t0"."kol" AS "kol",
      "t0"."type" AS "type",
      "t0"."amount_fen" AS "amount_fen",
      "t0"."impressions" AS "impressions",
      "t0"."clicks" AS "clicks",
      "t0"."orders" AS "orders"
    FROM "spend" AS "t0"
  ) AS "t1"
  GROUP BY
    "t1"."channel",
    "t1"."local_month"
) AS "t2"
ORDER BY
  "t2"."channel" ASC,
  "t2"."local_month" ASC
