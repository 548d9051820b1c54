SELECT
  COUNT(*) AS "customers"
FROM "customers" AS "t0"
