SELECT DISTINCT
  *
FROM (
  SELECT
    COALESCE("t5"."root", "t4"."subject_id") AS "customer_id"
  FROM (
    SELECT DISTINCT
      "t0"."subject_id" AS "subject_id"
    FROM "touchpoints" AS "t0"
    WHERE
      "t0"."kind" IN ('order.paid')
      AND "t0"."local_day" BETWEEN 19700 AND 19723
      AND isNotNull("t0"."subject_id")
  ) AS "t4"
  LEFT OUTER JOIN (
    SELECT
      "t1"."subject_id" AS "mapped_subject",
      "t1"."customer_id" AS "root"
    FROM "subject_map" AS "t1"
    WHERE
      "t1"."customer_id" <> "t1"."subject_id"
  ) AS "t5"
    ON "t4"."subject_id" = "t5"."mapped_subject"
) AS "t6"
ORDER BY
  "t6"."customer_id" ASC
