WITH "t2" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid')
    AND "t0"."subject_id" IS NOT NULL
    AND "t0"."local_day" <= 19900
), "t16" AS (
  SELECT
    "t12"."customer_id",
    "t12"."period",
    COUNT(CASE WHEN "t12"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "orders",
    COALESCE(
      CAST(SUM(
        CASE
          WHEN "t12"."kind" = 'order.paid'
          THEN "t12"."amount_fen"
          ELSE CAST(NULL AS BIGINT)
        END
      ) AS BIGINT),
      0
    ) AS "revenue_fen",
    COALESCE(
      CAST(SUM(
        CASE
          WHEN "t12"."kind" = 'order.refunded'
          THEN "t12"."amount_fen"
          ELSE CAST(NULL AS BIGINT)
        END
      ) AS BIGINT),
      0
    ) AS "refunds_fen",
    COALESCE(CAST(SUM("t12"."left_mfen") AS BIGINT), 0) AS "margin_mfen"
  FROM (
    SELECT
      COALESCE("t5"."root", "t10"."subject_id") AS "customer_id",
      "t10"."period",
      "t10"."kind",
      "t10"."amount_fen",
      "t10"."left_mfen"
    FROM (
      SELECT
        "t0"."subject_id",
        CAST("t0"."local_month" AS BIGINT) AS "period",
        "t0"."kind",
        "t0"."amount_fen",
        CASE
          WHEN "t0"."kind" = 'order.paid'
          THEN "t0"."amount_fen"
          ELSE -(
            "t0"."amount_fen"
          )
        END * CASE
          WHEN CASE
            WHEN CONTAINS(COALESCE("t0"."payload", ''), '"category":"')
            THEN COALESCE(
              REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"category":"((?:[^"\\]|\\.)*)"', 1),
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
        AND "t0"."subject_id" IS NOT NULL
        AND "t0"."local_day" <= 19900
    ) AS "t10"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
      WHERE
        "t1"."customer_id" <> "t1"."subject_id"
    ) AS "t5"
      ON "t10"."subject_id" = "t5"."mapped_subject"
  ) AS "t12"
  GROUP BY
    1,
    2
), "t18" AS (
  SELECT
    "t15"."customer_id",
    "t15"."first_ms",
    MIN("t15"."told") AS "told"
  FROM (
    SELECT
      COALESCE("t5"."root", "t14"."subject_id") AS "customer_id",
      "t14"."first_ms",
      "t14"."told"
    FROM (
      SELECT
        "t11"."subject_id",
        "t11"."first_ms",
        MIN("t11"."told") AS "told"
      FROM (
        SELECT
          "t6"."subject_id",
          "t8"."first_ms",
          NULLIF("t6"."channel", '') AS "told"
        FROM "t2" AS "t6"
        INNER JOIN (
          SELECT
            "t4"."subject_id",
            MIN("t4"."occurred_ms") AS "first_ms"
          FROM "t2" AS "t4"
          GROUP BY
            1
        ) AS "t8"
          ON "t6"."subject_id" = "t8"."subject_id" AND "t6"."occurred_ms" = "t8"."first_ms"
      ) AS "t11"
      GROUP BY
        1,
        2
    ) AS "t14"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
      WHERE
        "t1"."customer_id" <> "t1"."subject_id"
    ) AS "t5"
      ON "t14"."subject_id" = "t5"."mapped_subject"
  ) AS "t15"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t33"."cohort",
    "t33"."grp",
    "t33"."period",
    COUNT(CASE WHEN "t33"."orders" > 0 THEN 1 ELSE CAST(NULL AS BIGINT) END) AS "customers",
    COALESCE(CAST(SUM("t33"."orders") AS BIGINT), 0) AS "orders",
    COALESCE(CAST(SUM("t33"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t33"."refunds_fen") AS BIGINT), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t33"."margin_mfen") AS BIGINT), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t32"."customer_id",
      "t32"."period",
      "t32"."orders",
      "t32"."revenue_fen",
      "t32"."refunds_fen",
      "t32"."margin_mfen",
      "t32"."cohort",
      "t31"."grp"
    FROM (
      SELECT
        "t28"."customer_id",
        GREATEST("t28"."period", "t28"."cohort") AS "period",
        "t28"."orders",
        "t28"."revenue_fen",
        "t28"."refunds_fen",
        "t28"."margin_mfen",
        "t28"."cohort"
      FROM (
        SELECT
          "t19"."customer_id",
          "t19"."period",
          "t19"."orders",
          "t19"."revenue_fen",
          "t19"."refunds_fen",
          "t19"."margin_mfen",
          "t26"."cohort"
        FROM "t16" AS "t19"
        INNER JOIN (
          SELECT
            "t22"."customer_id",
            MIN("t22"."period") AS "cohort"
          FROM (
            SELECT
              *
            FROM "t16" AS "t17"
            WHERE
              "t17"."orders" > 0
          ) AS "t22"
          GROUP BY
            1
        ) AS "t26"
          ON "t19"."customer_id" = "t26"."customer_id"
      ) AS "t28"
    ) AS "t32"
    INNER JOIN (
      SELECT
        "t27"."customer_id",
        CASE
          WHEN "t27"."told" = 'tmall'
          THEN 0
          WHEN "t27"."told" = 'jd'
          THEN 1
          WHEN "t27"."told" IS NULL
          THEN 3
          ELSE 2
        END AS "grp"
      FROM (
        SELECT
          "t21"."customer_id",
          "t21"."first_ms",
          "t21"."told",
          "t24"."earliest_ms"
        FROM "t18" AS "t21"
        INNER JOIN (
          SELECT
            "t20"."customer_id",
            MIN("t20"."first_ms") AS "earliest_ms"
          FROM "t18" AS "t20"
          GROUP BY
            1
        ) AS "t24"
          ON "t21"."customer_id" = "t24"."customer_id"
      ) AS "t27"
      WHERE
        "t27"."first_ms" = "t27"."earliest_ms"
    ) AS "t31"
      ON "t32"."customer_id" = "t31"."customer_id"
  ) AS "t33"
  GROUP BY
    1,
    2,
    3
) AS "t34"
ORDER BY
  "t34"."cohort" ASC,
  "t34"."grp" ASC,
  "t34"."period" ASC
