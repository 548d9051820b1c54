WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid')
    AND "t0"."subject_id" IS NOT NULL
    AND "t0"."local_day" <= 19900
), "t17" AS (
  SELECT
    "t15"."customer_id",
    "t15"."first_ms",
    MIN("t15"."told") AS "told"
  FROM (
    SELECT
      COALESCE("t5"."root", "t13"."subject_id") AS "customer_id",
      "t13"."first_ms",
      "t13"."told"
    FROM (
      SELECT
        "t10"."subject_id",
        "t10"."first_ms",
        MIN("t10"."told") AS "told"
      FROM (
        SELECT
          "t7"."subject_id",
          "t9"."first_ms",
          NULLIF("t7"."channel", '') AS "told"
        FROM "t3" AS "t7"
        INNER JOIN (
          SELECT
            "t6"."subject_id",
            MIN("t6"."occurred_ms") AS "first_ms"
          FROM "t3" AS "t6"
          GROUP BY
            1
        ) AS "t9"
          ON "t7"."subject_id" = "t9"."subject_id" AND "t7"."occurred_ms" = "t9"."first_ms"
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t13"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t5"
      ON "t13"."subject_id" = "t5"."mapped_subject"
  ) AS "t15"
  GROUP BY
    1,
    2
), "t20" AS (
  SELECT
    "t16"."customer_id",
    "t16"."period",
    COALESCE(CAST(SUM("t16"."orders") AS BIGINT), 0) AS "orders",
    COALESCE(CAST(SUM("t16"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t16"."refunds_fen") AS BIGINT), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t16"."margin_mfen") AS BIGINT), 0) AS "margin_mfen"
  FROM (
    SELECT
      COALESCE("t5"."root", "t14"."subject_id") AS "customer_id",
      "t14"."period",
      "t14"."orders",
      "t14"."revenue_fen",
      "t14"."refunds_fen",
      "t14"."margin_mfen"
    FROM (
      SELECT
        "t4"."subject_id",
        "t4"."period",
        COALESCE(CAST(SUM(CASE WHEN "t4"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS BIGINT), 0) AS "orders",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.paid'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS BIGINT)
            END
          ) AS BIGINT),
          0
        ) AS "revenue_fen",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.refunded'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS BIGINT)
            END
          ) AS BIGINT),
          0
        ) AS "refunds_fen",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.paid'
              THEN "t4"."amount_fen"
              ELSE -(
                "t4"."amount_fen"
              )
            END * CASE
              WHEN CASE
                WHEN CONTAINS(COALESCE("t4"."payload", ''), '"category":"')
                THEN COALESCE(
                  REGEXP_EXTRACT(COALESCE("t4"."payload", ''), '"category":"((?:[^"\\]|\\.)*)"', 1),
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
          "t0"."id",
          "t0"."source",
          "t0"."kind",
          "t0"."channel",
          "t0"."subject_id",
          "t0"."occurred_ms",
          "t0"."local_day",
          "t0"."local_month",
          "t0"."amount_fen",
          "t0"."quantity",
          "t0"."bucket",
          "t0"."payload",
          CAST("t0"."local_month" AS BIGINT) AS "period"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid', 'order.refunded')
          AND "t0"."subject_id" IS NOT NULL
          AND "t0"."local_day" <= 19900
      ) AS "t4"
      GROUP BY
        1,
        2
    ) AS "t14"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t5"
      ON "t14"."subject_id" = "t5"."mapped_subject"
  ) AS "t16"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t34"."cohort",
    "t34"."grp",
    "t34"."period",
    COALESCE(CAST(SUM(CASE WHEN "t34"."orders" > 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS "customers",
    COALESCE(CAST(SUM("t34"."orders") AS BIGINT), 0) AS "orders",
    COALESCE(CAST(SUM("t34"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t34"."refunds_fen") AS BIGINT), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t34"."margin_mfen") AS BIGINT), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t33"."customer_id",
      "t33"."period",
      "t33"."orders",
      "t33"."revenue_fen",
      "t33"."refunds_fen",
      "t33"."margin_mfen",
      "t33"."cohort",
      "t30"."grp"
    FROM (
      SELECT
        "t31"."customer_id",
        GREATEST("t31"."period", "t31"."cohort") AS "period",
        "t31"."orders",
        "t31"."revenue_fen",
        "t31"."refunds_fen",
        "t31"."margin_mfen",
        "t31"."cohort"
      FROM (
        SELECT
          "t23"."customer_id",
          "t23"."period",
          "t23"."orders",
          "t23"."revenue_fen",
          "t23"."refunds_fen",
          "t23"."margin_mfen",
          "t28"."cohort"
        FROM "t20" AS "t23"
        INNER JOIN (
          SELECT
            "t25"."customer_id",
            MIN("t25"."period") AS "cohort"
          FROM (
            SELECT
              *
            FROM "t20" AS "t21"
            WHERE
              "t21"."orders" > 0
          ) AS "t25"
          GROUP BY
            1
        ) AS "t28"
          ON "t23"."customer_id" = "t28"."customer_id"
      ) AS "t31"
    ) AS "t33"
    INNER JOIN (
      SELECT
        "t26"."customer_id",
        CASE
          WHEN "t26"."told" = 'tmall'
          THEN 0
          WHEN "t26"."told" = 'jd'
          THEN 1
          WHEN "t26"."told" IS NULL
          THEN 3
          ELSE 2
        END AS "grp"
      FROM (
        SELECT
          "t19"."customer_id",
          "t19"."first_ms",
          "t19"."told",
          "t24"."earliest_ms"
        FROM "t17" AS "t19"
        INNER JOIN (
          SELECT
            "t18"."customer_id",
            MIN("t18"."first_ms") AS "earliest_ms"
          FROM "t17" AS "t18"
          GROUP BY
            1
        ) AS "t24"
          ON "t19"."customer_id" = "t24"."customer_id"
      ) AS "t26"
      WHERE
        "t26"."first_ms" = "t26"."earliest_ms"
    ) AS "t30"
      ON "t33"."customer_id" = "t30"."customer_id"
  ) AS "t34"
  GROUP BY
    1,
    2,
    3
) AS "t35"
ORDER BY
  "t35"."cohort" ASC,
  "t35"."grp" ASC,
  "t35"."period" ASC
