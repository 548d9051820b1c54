SELECT
  *
FROM (
  SELECT
    "t9"."number" AS "number",
    "t9"."days" AS "days",
    COUNT(*) AS "purchases"
  FROM (
    SELECT
      LEAST("t8"."number", 10) AS "number",
      "t8"."local_day" - "t8"."before" AS "days"
    FROM (
      SELECT
        "t7"."customer_id" AS "customer_id",
        "t7"."local_day" AS "local_day",
        (
          ROW_NUMBER() OVER (
            PARTITION BY "t7"."customer_id"
            ORDER BY "t7"."local_day" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) + 1 AS "number",
        lagInFrame("t7"."local_day") OVER (
          PARTITION BY "t7"."customer_id"
          ORDER BY "t7"."local_day" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "before"
      FROM (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            COALESCE("t5"."root", "t4"."subject_id") AS "customer_id",
            "t4"."local_day" AS "local_day"
          FROM (
            SELECT
              "t0"."subject_id" AS "subject_id",
              "t0"."local_day" AS "local_day"
            FROM "touchpoints" AS "t0"
            WHERE
              "t0"."kind" IN ('order.paid')
              AND "t0"."local_day" BETWEEN -2147483647 AND 19900
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
      ) AS "t7"
    ) AS "t8"
    WHERE
      "t8"."number" > 1
  ) AS "t9"
  GROUP BY
    "t9"."number",
    "t9"."days"
) AS "t10"
ORDER BY
  "t10"."number" ASC,
  "t10"."days" ASC
