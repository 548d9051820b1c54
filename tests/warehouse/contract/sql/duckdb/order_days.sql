SELECT
  MIN(
    CASE WHEN "t1"."local_day" <= 19723 THEN "t1"."local_day" ELSE CAST(NULL AS INT) END
  ) AS "first_day",
  MAX(
    CASE WHEN "t1"."local_day" <= 19723 THEN "t1"."local_day" ELSE CAST(NULL AS INT) END
  ) AS "last_day",
  COALESCE(CAST(SUM(CASE WHEN "t1"."local_day" > 19723 THEN 1 ELSE 0 END) AS BIGINT), 0) AS "later_orders"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid') AND "t0"."subject_id" IS NOT NULL
) AS "t1"
