SELECT
  COUNT(*) AS "customers"
FROM (
  SELECT
    *
  FROM "customers" AS "t0"
  WHERE
    "t0"."first_ms" < 1
) AS "t1"
