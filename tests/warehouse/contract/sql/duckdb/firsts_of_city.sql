SELECT
  *
FROM (
  SELECT
    "t11"."customer_id",
    "t8"."told"
  FROM (
    SELECT DISTINCT
      *
    FROM (
      SELECT
        COALESCE("t6"."root", "t5"."subject_id") AS "customer_id"
      FROM (
        SELECT DISTINCT
          "t1"."subject_id"
        FROM "touchpoints" AS "t1"
        WHERE
          "t1"."kind" IN ('order.paid')
          AND "t1"."subject_id" IS NOT NULL
          AND "t1"."local_day" <= 19900
      ) AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t2"."subject_id" AS "mapped_subject",
          "t2"."customer_id" AS "root"
        FROM "subject_map" AS "t2"
        WHERE
          "t2"."customer_id" <> "t2"."subject_id"
      ) AS "t6"
        ON "t5"."subject_id" = "t6"."mapped_subject"
    ) AS "t9"
  ) AS "t11"
  LEFT OUTER JOIN (
    SELECT
      "t0"."customer_id" AS "known_customer",
      CAST(CASE
        WHEN "t0"."adcode" - (
          "t0"."adcode" % 100
        ) IN (110000, 120000, 310000, 500000)
        THEN (
          "t0"."adcode" - (
            "t0"."adcode" % 100
          )
        ) + 100
        ELSE "t0"."adcode" - (
          "t0"."adcode" % 100
        )
      END AS TEXT) AS "told"
    FROM "customers" AS "t0"
  ) AS "t8"
    ON "t11"."customer_id" = "t8"."known_customer"
) AS "t12"
ORDER BY
  "t12"."customer_id" ASC
