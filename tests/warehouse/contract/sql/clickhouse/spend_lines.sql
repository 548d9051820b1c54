SELECT
  "t0"."local_day" AS "local_day",
  "t0"."local_month" AS "local_month",
  COALESCE("t0"."platform", '') AS "platform",
  COALESCE("t0"."channel", '') AS "channel",
  COALESCE("t0"."campaign", '') AS "campaign",
  COALESCE("t0"."kol", '') AS "kol",
  "t0"."type" AS "type",
  "t0"."amount_fen" AS "amount_fen",
  "t0"."impressions" AS "impressions",
  "t0"."clicks" AS "clicks",
  "t0"."orders" AS "orders"
FROM "spend" AS "t0"
ORDER BY
  "t0"."local_day" ASC,
  COALESCE("t0"."platform", '') ASC,
  COALESCE("t0"."channel", '') ASC,
  COALESCE("t0"."campaign", '') ASC,
  COALESCE("t0"."kol", '') ASC,
  "t0"."type" ASC
