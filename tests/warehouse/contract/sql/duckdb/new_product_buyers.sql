WITH "t4" AS (
  SELECT
    "t1"."subject_id",
    "t1"."local_day",
    CASE
      WHEN CASE
        WHEN CONTAINS(COALESCE("t1"."payload", ''), '"sku":"')
        THEN COALESCE(REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"sku":"((?:[^"\\]|\\.)*)"', 1), '')
        ELSE ''
      END = ''
      THEN CASE
        WHEN CONTAINS(COALESCE("t1"."payload", ''), '"title":"')
        THEN COALESCE(REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"title":"((?:[^"\\]|\\.)*)"', 1), '')
        ELSE ''
      END
      ELSE CASE
        WHEN CONTAINS(COALESCE("t1"."payload", ''), '"sku":"')
        THEN COALESCE(REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"sku":"((?:[^"\\]|\\.)*)"', 1), '')
        ELSE ''
      END
    END AS "product"
  FROM "touchpoints" AS "t1"
  WHERE
    "t1"."kind" = 'order.paid' AND "t1"."local_day" <= 19723
)
SELECT DISTINCT
  *
FROM (
  SELECT
    COALESCE("t3"."root", "t14"."subject_id") AS "customer_id"
  FROM (
    SELECT DISTINCT
      *
    FROM (
      SELECT
        "t8"."subject_id"
      FROM (
        SELECT
          *
        FROM "t4" AS "t5"
        WHERE
          "t5"."product" <> ''
          AND "t5"."local_day" >= 19700
          AND "t5"."subject_id" IS NOT NULL
      ) AS "t8"
      SEMI JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t7"."product",
            MIN("t7"."local_day") AS "first_day"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
            WHERE
              "t5"."product" <> ''
          ) AS "t7"
          GROUP BY
            1
        ) AS "t9"
        WHERE
          "t9"."first_day" >= 19700
      ) AS "t11"
        ON "t8"."product" = "t11"."product"
    ) AS "t12"
  ) AS "t14"
  LEFT OUTER JOIN (
    SELECT
      "t0"."subject_id" AS "mapped_subject",
      "t0"."customer_id" AS "root"
    FROM "subject_map" AS "t0"
    WHERE
      "t0"."customer_id" <> "t0"."subject_id"
  ) AS "t3"
    ON "t14"."subject_id" = "t3"."mapped_subject"
) AS "t15"
ORDER BY
  "t15"."customer_id" ASC
