WITH "t4" AS (
  SELECT
    "t1"."subject_id" AS "subject_id",
    "t1"."local_day" AS "local_day",
    CASE
      WHEN CASE
        WHEN position(COALESCE("t1"."payload", ''), '"sku":"') > 0
        THEN COALESCE(
          CASE
            WHEN notEmpty(
              extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
                CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
              )[2]
            )
            THEN extractGroups(
              CAST(COALESCE("t1"."payload", '') AS String),
              CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
            )[2]
            ELSE NULL
          END,
          ''
        )
        ELSE ''
      END = ''
      THEN CASE
        WHEN position(COALESCE("t1"."payload", ''), '"title":"') > 0
        THEN COALESCE(
          CASE
            WHEN notEmpty(
              extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
                CONCAT('(', '"title":"((?:[^"\\\\]|\\\\.)*)"', ')')
              )[2]
            )
            THEN extractGroups(
              CAST(COALESCE("t1"."payload", '') AS String),
              CONCAT('(', '"title":"((?:[^"\\\\]|\\\\.)*)"', ')')
            )[2]
            ELSE NULL
          END,
          ''
        )
        ELSE ''
      END
      ELSE CASE
        WHEN position(COALESCE("t1"."payload", ''), '"sku":"') > 0
        THEN COALESCE(
          CASE
            WHEN notEmpty(
              extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
                CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
              )[2]
            )
            THEN extractGroups(
              CAST(COALESCE("t1"."payload", '') AS String),
              CONCAT('(', '"sku":"((?:[^"\\\\]|\\\\.)*)"', ')')
            )[2]
            ELSE NULL
          END,
          ''
        )
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
        "t8"."subject_id" AS "subject_id"
      FROM (
        SELECT
          *
        FROM "t4" AS "t5"
        WHERE
          "t5"."product" <> ''
          AND "t5"."local_day" >= 19700
          AND isNotNull("t5"."subject_id")
      ) AS "t8"
      LEFT SEMI JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t7"."product" AS "product",
            MIN("t7"."local_day") AS "first_day"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
            WHERE
              "t5"."product" <> ''
          ) AS "t7"
          GROUP BY
            "t7"."product"
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
