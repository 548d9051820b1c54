SELECT
  MIN("t0"."local_day") AS "first_day",
  MAX("t0"."local_day") AS "last_day",
  COUNT(*) AS "lines",
  COALESCE(CAST(SUM("t0"."amount_fen") AS BIGINT), 0) AS "amount_fen"
FROM "spend" AS "t0"
