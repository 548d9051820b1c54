SELECT
  MAX("t1"."local_day") AS "last_day"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."local_day" <= 19740
) AS "t1"
