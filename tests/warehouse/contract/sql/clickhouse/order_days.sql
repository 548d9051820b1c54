SELECT
  MIN(
    CASE
      WHEN "t1"."local_day" <= 19723
      THEN "t1"."local_day"
      ELSE CAST(NULL AS Nullable(Int32))
    END
  ) AS "first_day",
  MAX(
    CASE
      WHEN "t1"."local_day" <= 19723
      THEN "t1"."local_day"
      ELSE CAST(NULL AS Nullable(Int32))
    END
  ) AS "last_day",
  COUNT(CASE WHEN "t1"."local_day" > 19723 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "later_orders"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid') AND isNotNull("t0"."subject_id")
) AS "t1"
