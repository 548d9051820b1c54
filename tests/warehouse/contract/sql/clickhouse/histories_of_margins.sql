SELECT
  *
FROM (
  SELECT
    "t8"."customer_id" AS "customer_id",
    MIN(
      CASE
        WHEN "t8"."orders" > 0
        THEN "t8"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "first_day",
    MAX(
      CASE
        WHEN "t8"."orders" > 0
        THEN "t8"."local_day"
        ELSE CAST(NULL AS Nullable(Int32))
      END
    ) AS "last_day",
    COALESCE(CAST(SUM(CASE WHEN "t8"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
    COALESCE(CAST(SUM("t8"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t8"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    argMin(
      tuple("t8"."revenue_fen"),
      COALESCE(
        CASE
          WHEN "t8"."orders" > 0
          THEN "t8"."local_day"
          ELSE CAST(NULL AS Nullable(Int32))
        END,
        2147483647
      )
    ).1 AS "first_day_fen",
    COALESCE(CAST(SUM("t8"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t8"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t7"."customer_id" AS "customer_id",
      "t7"."local_day" AS "local_day",
      COALESCE(CAST(SUM("t7"."orders") AS Nullable(Int64)), 0) AS "orders",
      COALESCE(CAST(SUM("t7"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
      COALESCE(CAST(SUM("t7"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
      COALESCE(CAST(SUM("t7"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
    FROM (
      SELECT
        COALESCE("t4"."root", "t6"."subject_id") AS "customer_id",
        "t6"."local_day" AS "local_day",
        "t6"."orders" AS "orders",
        "t6"."revenue_fen" AS "revenue_fen",
        "t6"."refunds_fen" AS "refunds_fen",
        "t6"."margin_mfen" AS "margin_mfen"
      FROM (
        SELECT
          "t3"."subject_id" AS "subject_id",
          "t3"."local_day" AS "local_day",
          COALESCE(
            CAST(SUM(CASE WHEN "t3"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
            0
          ) AS "orders",
          COALESCE(
            CAST(SUM(
              CASE
                WHEN "t3"."kind" = 'order.paid'
                THEN "t3"."amount_fen"
                ELSE CAST(NULL AS Nullable(Int64))
              END
            ) AS Nullable(Int64)),
            0
          ) AS "revenue_fen",
          COALESCE(
            CAST(SUM(
              CASE
                WHEN "t3"."kind" = 'order.refunded'
                THEN "t3"."amount_fen"
                ELSE CAST(NULL AS Nullable(Int64))
              END
            ) AS Nullable(Int64)),
            0
          ) AS "refunds_fen",
          COALESCE(
            CAST(SUM(
              CASE
                WHEN "t3"."kind" = 'order.paid'
                THEN "t3"."amount_fen"
                ELSE -(
                  "t3"."amount_fen"
                )
              END * CASE
                WHEN CASE
                  WHEN position(COALESCE("t3"."payload", ''), '"category":"') > 0
                  THEN COALESCE(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t3"."payload", '') AS String),
                          CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t3"."payload", '') AS String),
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
                  WHEN position(COALESCE("t3"."payload", ''), '"category":"') > 0
                  THEN COALESCE(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t3"."payload", '') AS String),
                          CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t3"."payload", '') AS String),
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
              END
            ) AS Nullable(Int64)),
            0
          ) AS "margin_mfen"
        FROM (
          SELECT
            *
          FROM "touchpoints" AS "t0"
          WHERE
            "t0"."kind" IN ('order.paid', 'order.refunded')
            AND isNotNull("t0"."subject_id")
            AND "t0"."local_day" <= 19723
        ) AS "t3"
        GROUP BY
          "t3"."subject_id",
          "t3"."local_day"
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
      "t7"."customer_id",
      "t7"."local_day"
  ) AS "t8"
  GROUP BY
    "t8"."customer_id"
) AS "t9"
WHERE
  "t9"."orders" > 0
ORDER BY
  "t9"."customer_id" ASC
