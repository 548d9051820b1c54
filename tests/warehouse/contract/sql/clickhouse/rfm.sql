SELECT
  "t8"."customer_id" AS "customer_id",
  19900 - "t8"."last_day" AS "recency_days",
  "t8"."orders" AS "orders",
  "t8"."net_fen" AS "net_fen"
FROM (
  SELECT
    "t7"."customer_id" AS "customer_id",
    MAX("t7"."last_day") AS "last_day",
    COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t7"."net_fen") AS Nullable(Int64)), 0) AS "net_fen"
  FROM (
    SELECT
      COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
      "t6"."last_day" AS "last_day",
      "t6"."orders" AS "orders",
      "t6"."net_fen" AS "net_fen"
    FROM (
      SELECT
        "t2"."subject_id" AS "subject_id",
        MAX(
          CASE
            WHEN "t2"."kind" = 'order.paid'
            THEN "t2"."local_day"
            ELSE CAST(NULL AS Nullable(Int32))
          END
        ) AS "last_day",
        COUNT(
          CASE WHEN "t2"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
        ) AS "orders",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t2"."kind" = 'order.paid'
              THEN "t2"."amount_fen"
              ELSE -(
                "t2"."amount_fen"
              )
            END
          ) AS Nullable(Int64)),
          0
        ) AS "net_fen"
      FROM (
        SELECT
          *
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid', 'order.refunded')
          AND isNotNull("t0"."subject_id")
          AND "t0"."local_day" <= 19900
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
  "t8"."orders" > 0
ORDER BY
  "t8"."customer_id" ASC
