SELECT
  "t0"."local_day",
  "t0"."local_month",
  COALESCE("t0"."platform", '') AS "platform",
  COALESCE("t0"."channel", '') AS "channel",
  COALESCE("t0"."campaign", '') AS "campaign",
  COALESCE("t0"."kol", '') AS "kol",
  "t0"."type",
  "t0"."amount_fen",
  "t0"."impressions",
  "t0"."clicks",
  "t0"."orders"
FROM "spend" AS "t0"
WHERE
  "t0"."local_day" BETWEEN 19700 AND 19723
ORDER BY
  "t0"."local_day" ASC,
  COALESCE("t0"."platform", '') ASC,
  COALESCE("t0"."channel", '') ASC,
  COALESCE("t0"."campaign", '') ASC,
  COALESCE("t0"."kol", '') ASC,
  "t0"."type" ASC
