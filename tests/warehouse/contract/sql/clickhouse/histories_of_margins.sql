SELECT
  *
FROM (
  SELECT
    "t7"."customer_id" AS "customer_id",
    MIN(
      CASE
        WHEN "t7"."orders" > 0
        THEN "t7"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "first_day",
    MAX(
      CASE
        WHEN "t7"."orders" > 0
        THEN "t7"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "last_day",
    COUNT(CASE WHEN "t7"."orders" > 0 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "days",
    COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t7"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    argMin(
      tuple("t7"."revenue_fen"),
      COALESCE(
        CASE
          WHEN "t7"."orders" > 0
          THEN "t7"."local_day"
          ELSE CAST(NULL AS Nullable(Int32))
        END,
        2147483647
      )
    ).1 AS "first_day_fen",
    COALESCE(CAST(SUM("t7"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t7"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t6"."customer_id" AS "customer_id",
      "t6"."local_day" AS "local_day",
      COUNT(
        CASE WHEN "t6"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
      ) AS "orders",
      COALESCE(
        CAST(SUM(
          CASE
            WHEN "t6"."kind" = 'order.paid'
            THEN "t6"."amount_fen"
            ELSE CAST(NULL AS Nullable(Int64))
          END
        ) AS Nullable(Int64)),
        0
      ) AS "revenue_fen",
      COALESCE(
        CAST(SUM(
          CASE
            WHEN "t6"."kind" = 'order.refunded'
            THEN "t6"."amount_fen"
            ELSE CAST(NULL AS Nullable(Int64))
          END
        ) AS Nullable(Int64)),
        0
      ) AS "refunds_fen",
      COALESCE(CAST(SUM("t6"."left_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
    FROM (
      SELECT
        COALESCE("t3"."root", "t5"."subject_id") AS "customer_id",
        "t5"."local_day" AS "local_day",
        "t5"."kind" AS "kind",
        "t5"."amount_fen" AS "amount_fen",
        "t5"."left_mfen" AS "left_mfen"
      FROM (
        SELECT
          "t0"."subject_id" AS "subject_id",
          "t0"."local_day" AS "local_day",
          "t0"."kind" AS "kind",
          "t0"."amount_fen" AS "amount_fen",
          CASE
            WHEN "t0"."kind" = 'order.paid'
            THEN "t0"."amount_fen"
            ELSE -(
              "t0"."amount_fen"
            )
          END * CASE
            WHEN CASE
              WHEN position(COALESCE("t0"."payload", ''), '"category":"') > 0
              THEN COALESCE(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t0"."payload", '') AS String),
                      CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t0"."payload", '') AS String),
                    CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              )
              ELSE ''
            END = 'a \\"b\\"\\\\'
            THEN 450
            WHEN CASE
              WHEN position(COALESCE("t0"."payload", ''), '"category":"') > 0
              THEN COALESCE(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t0"."payload", '') AS String),
                      CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t0"."payload", '') AS String),
                    CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              )
              ELSE ''
            END = '护肤'
            THEN 700
            ELSE 600
          END AS "left_mfen"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid', 'order.refunded')
          AND isNotNull("t0"."subject_id")
          AND "t0"."local_day" <= 19723
      ) AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t1"."subject_id" AS "mapped_subject",
          "t1"."customer_id" AS "root"
        FROM "subject_map" AS "t1"
        WHERE
          "t1"."customer_id" <> "t1"."subject_id"
      ) AS "t3"
        ON "t5"."subject_id" = "t3"."mapped_subject"
    ) AS "t6"
    GROUP BY
      "t6"."customer_id",
      "t6"."local_day"
  ) AS "t7"
  GROUP BY
    "t7"."customer_id"
) AS "t8"
WHERE
  "t8"."orders" > 0
ORDER BY
  "t8"."customer_id" ASC
