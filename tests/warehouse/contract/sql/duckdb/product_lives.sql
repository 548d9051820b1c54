SELECT
  *
FROM (
  SELECT
    "t3"."product",
    MIN("t3"."local_day") AS "first_day",
    MAX("t3"."local_day") AS "last_day",
    COALESCE(CAST(SUM("t3"."orders") AS BIGINT), 0) AS "orders"
  FROM (
    SELECT
      "t2"."product",
      "t2"."local_day",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t0"."subject_id",
          "t0"."local_day",
          CASE
            WHEN CASE
              WHEN CONTAINS(COALESCE("t0"."payload", ''), '"sku":"')
              THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"sku":"((?:[^"\\]|\\.)*)"', 1), '')
              ELSE ''
            END = ''
            THEN CASE
              WHEN CONTAINS(COALESCE("t0"."payload", ''), '"title":"')
              THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"title":"((?:[^"\\]|\\.)*)"', 1), '')
              ELSE ''
            END
            ELSE CASE
              WHEN CONTAINS(COALESCE("t0"."payload", ''), '"sku":"')
              THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"sku":"((?:[^"\\]|\\.)*)"', 1), '')
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
      1,
      2
  ) AS "t3"
  GROUP BY
    1
) AS "t4"
ORDER BY
  "t4"."product" ASC
