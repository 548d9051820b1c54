SELECT
  *
FROM (
  SELECT
    "t3"."product" AS "product",
    MIN("t3"."local_day") AS "first_day",
    MAX("t3"."local_day") AS "last_day",
    COALESCE(CAST(SUM("t3"."orders") AS Nullable(Int64)), 0) AS "orders"
  FROM (
    SELECT
      "t2"."product" AS "product",
      "t2"."local_day" AS "local_day",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t0"."subject_id" AS "subject_id",
          "t0"."local_day" AS "local_day",
          CASE
            WHEN CASE
              WHEN position(COALESCE("t0"."payload", ''), '"sku":"') > 0
              THEN COALESCE(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t0"."payload", '') AS String),
                      CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t0"."payload", '') AS String),
                    CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              )
              ELSE ''
            END = ''
            THEN CASE
              WHEN position(COALESCE("t0"."payload", ''), '"title":"') > 0
              THEN COALESCE(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t0"."payload", '') AS String),
                      CONCAT('(', '"title":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t0"."payload", '') AS String),
                    CONCAT('(', '"title":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              )
              ELSE ''
            END
            ELSE CASE
              WHEN position(COALESCE("t0"."payload", ''), '"sku":"') > 0
              THEN COALESCE(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t0"."payload", '') AS String),
                      CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t0"."payload", '') AS String),
                    CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              )
              ELSE ''
            END
          END AS "product"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" = 'order.paid' AND "t0"."local_day" <= 19723
      ) AS "t1"
      WHERE
        "t1"."product" <> ''
    ) AS "t2"
    GROUP BY
      "t2"."product",
      "t2"."local_day"
  ) AS "t3"
  GROUP BY
    "t3"."product"
) AS "t4"
ORDER BY
  "t4"."product" ASC
