SELECT
  COUNT(*) AS "conversions"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."customer_id" AS "customer_id",
      MIN("t7"."local_day") AS "local_day"
    FROM (
      SELECT
        COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
        "t6"."local_day" AS "local_day"
      FROM (
        SELECT
          "t2"."subject_id" AS "subject_id",
          MIN("t2"."local_day") AS "local_day"
        FROM (
          SELECT
            "t0"."subject_id" AS "subject_id",
            "t0"."local_day" AS "local_day"
          FROM "touchpoints" AS "t0"
          WHERE
            "t0"."kind" IN ('order.paid')
            AND isNotNull("t0"."subject_id")
            AND "t0"."local_day" <= 19723
        ) AS "t2"
        GROUP BY
          "t2"."subject_id"
      ) AS "t6"
      LEFT OUTER JOIN (
        SELECT
          "t1"."subject_id" AS "mapped_subject",
          "t1"."customer_id" AS "root"
        FROM "subject_map" AS "t1"
        WHERE
          "t1"."customer_id" <> "t1"."subject_id"
      ) AS "t4"
        ON "t6"."subject_id" = "t4"."mapped_subject"
    ) AS "t7"
    GROUP BY
      "t7"."customer_id"
  ) AS "t8"
  WHERE
    "t8"."local_day" >= 19700
) AS "t9"
