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
  COALESCE(
    CAST(SUM(CASE WHEN "t1"."local_day" > 19723 THEN 1 ELSE 0 END) AS Nullable(Int64)),
    0
  ) AS "later_orders"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid') AND isNotNull("t0"."subject_id")
) AS "t1"
