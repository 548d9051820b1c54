SELECT
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.paid'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS Nullable(Int64))
      END
    ) AS Nullable(Int64)),
    0
  ) AS "revenue_fen",
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.paid'
        THEN "t1"."amount_fen"
        ELSE -(
          "t1"."amount_fen"
        )
      END * CASE
        WHEN CASE
          WHEN position(COALESCE("t1"."payload", ''), '"category":"') > 0
          THEN COALESCE(
            CASE
              WHEN notEmpty(
                extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                )[2]
              )
              THEN extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
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
) AS "t1"
