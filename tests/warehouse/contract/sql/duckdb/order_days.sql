SELECT
  MIN(
    CASE WHEN "t1"."local_day" <= 19723 THEN "t1"."local_day" ELSE CAST(NULL AS INT) END
  ) AS "first_day",
  MAX(
    CASE WHEN "t1"."local_day" <= 19723 THEN "t1"."local_day" ELSE CAST(NULL AS INT) END
  ) AS "last_day",
  COUNT(CASE WHEN "t1"."local_day" > 19723 THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "later_orders"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid') AND "t0"."subject_id" IS NOT NULL
) AS "t1"
