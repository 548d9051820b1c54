SELECT
  COUNT(*) AS "buyers",
  COUNT(CASE WHEN "t8"."orders" >= 2 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "repeat_buyers"
FROM (
  SELECT
    "t7"."customer_id" AS "customer_id",
    COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders"
  FROM (
    SELECT
      COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
      "t6"."orders" AS "orders"
    FROM (
      SELECT
        "t2"."subject_id" AS "subject_id",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid')
          AND "t0"."local_day" BETWEEN 19700 AND 19723
          AND isNotNull("t0"."subject_id")
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
