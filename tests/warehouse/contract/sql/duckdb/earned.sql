SELECT
  COALESCE(
    CAST(SUM(
      CASE
        WHEN "t1"."kind" = 'order.paid'
        THEN "t1"."amount_fen"
        ELSE CAST(NULL AS BIGINT)
      END
    ) AS BIGINT),
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
          WHEN CONTAINS(COALESCE("t1"."payload", ''), '"category":"')
          THEN COALESCE(
            REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"category":"((?:[^"\\]|\\.)*)"', 1),
            ''
          )
          ELSE ''
        END = '护肤'
        THEN 700
        ELSE 600
      END
    ) AS BIGINT),
    0
  ) AS "margin_mfen"
FROM (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid', 'order.refunded')
    AND "t0"."subject_id" IS NOT NULL
    AND "t0"."local_day" <= 19723
) AS "t1"
