SELECT
  COUNT(*) AS "buyers",
  COALESCE(CAST(SUM(CASE WHEN "t8"."orders" >= 2 THEN 1 ELSE 0 END) AS BIGINT), 0) AS "repeat_buyers"
FROM (
  SELECT
    "t7"."customer_id",
    COALESCE(CAST(SUM("t7"."orders") AS BIGINT), 0) AS "orders"
  FROM (
    SELECT
      COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
      "t6"."orders"
    FROM (
      SELECT
        "t3"."subject_id",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid')
          AND "t0"."local_day" BETWEEN 19700 AND 19723
          AND "t0"."subject_id" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1
    ) AS "t6"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t4"
      ON "t6"."subject_id" = "t4"."mapped_subject"
  ) AS "t7"
  GROUP BY
    1
) AS "t8"
