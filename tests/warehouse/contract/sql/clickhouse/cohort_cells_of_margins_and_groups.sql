WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."kind" IN ('order.paid')
    AND isNotNull("t0"."subject_id")
    AND "t0"."local_day" <= 19900
), "t17" AS (
  SELECT
    "t16"."customer_id" AS "customer_id",
    "t16"."first_ms" AS "first_ms",
    MIN("t16"."told") AS "told"
  FROM (
    SELECT
      COALESCE("t5"."root", "t14"."subject_id") AS "customer_id",
      "t14"."first_ms" AS "first_ms",
      "t14"."told" AS "told"
    FROM (
      SELECT
        "t10"."subject_id" AS "subject_id",
        "t10"."first_ms" AS "first_ms",
        MIN("t10"."told") AS "told"
      FROM (
        SELECT
          "t7"."subject_id" AS "subject_id",
          "t9"."first_ms" AS "first_ms",
          nullIf("t7"."channel", '') AS "told"
        FROM "t3" AS "t7"
        INNER JOIN (
          SELECT
            "t6"."subject_id" AS "subject_id",
            MIN("t6"."occurred_ms") AS "first_ms"
          FROM "t3" AS "t6"
          GROUP BY
            "t6"."subject_id"
        ) AS "t9"
          ON "t7"."subject_id" = "t9"."subject_id" AND "t7"."occurred_ms" = "t9"."first_ms"
      ) AS "t10"
      GROUP BY
        "t10"."subject_id",
        "t10"."first_ms"
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
    "t16"."customer_id",
    "t16"."first_ms"
), "t18" AS (
  SELECT
    "t15"."customer_id" AS "customer_id",
    "t15"."period" AS "period",
    COALESCE(CAST(SUM("t15"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t15"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t15"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t15"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      COALESCE("t5"."root", "t12"."subject_id") AS "customer_id",
      "t12"."period" AS "period",
      "t12"."orders" AS "orders",
      "t12"."revenue_fen" AS "revenue_fen",
      "t12"."refunds_fen" AS "refunds_fen",
      "t12"."margin_mfen" AS "margin_mfen"
    FROM (
      SELECT
        "t4"."subject_id" AS "subject_id",
        "t4"."period" AS "period",
        COALESCE(
          CAST(SUM(CASE WHEN "t4"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
          0
        ) AS "orders",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.paid'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS Nullable(Int64))
            END
          ) AS Nullable(Int64)),
          0
        ) AS "revenue_fen",
        COALESCE(
          CAST(SUM(
            CASE
              WHEN "t4"."kind" = 'order.refunded'
              THEN "t4"."amount_fen"
              ELSE CAST(NULL AS Nullable(Int64))
            END
          ) AS Nullable(Int64)),
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
                WHEN notEmpty(
                  extractGroups(
                    CAST(COALESCE("t4"."payload", '') AS String),
                    CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                )
                THEN extractGroups(
                  CAST(COALESCE("t4"."payload", '') AS String),
                  CONCAT('(', '"category":"((?:[^"\\\\]|\\\\.)*)"', ')')
                )[2]
                ELSE NULL
              END = '护肤'
              THEN 700
              ELSE 600
            END
          ) AS Nullable(Int64)),
          0
        ) AS "margin_mfen"
      FROM (
        SELECT
          "t0"."id" AS "id",
          "t0"."source" AS "source",
          "t0"."kind" AS "kind",
          "t0"."channel" AS "channel",
          "t0"."subject_id" AS "subject_id",
          "t0"."occurred_ms" AS "occurred_ms",
          "t0"."local_day" AS "local_day",
          "t0"."local_month" AS "local_month",
          "t0"."amount_fen" AS "amount_fen",
          "t0"."quantity" AS "quantity",
          "t0"."bucket" AS "bucket",
          "t0"."payload" AS "payload",
          CAST("t0"."local_month" AS Nullable(Int64)) AS "period"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid', 'order.refunded')
          AND isNotNull("t0"."subject_id")
          AND "t0"."local_day" <= 19900
      ) AS "t4"
      GROUP BY
        "t4"."subject_id",
        "t4"."period"
    ) AS "t12"
    LEFT OUTER JOIN (
      SELECT
        "t1"."subject_id" AS "mapped_subject",
        "t1"."customer_id" AS "root"
      FROM "subject_map" AS "t1"
    ) AS "t5"
      ON "t12"."subject_id" = "t5"."mapped_subject"
  ) AS "t15"
  GROUP BY
    "t15"."customer_id",
    "t15"."period"
)
SELECT
  *
FROM (
  SELECT
    "t34"."cohort" AS "cohort",
    "t34"."grp" AS "grp",
    "t34"."period" AS "period",
    COALESCE(CAST(SUM(CASE WHEN "t34"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "customers",
    COALESCE(CAST(SUM("t34"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t34"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
    COALESCE(CAST(SUM("t34"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
    COALESCE(CAST(SUM("t34"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t33"."customer_id" AS "customer_id",
      "t33"."period" AS "period",
      "t33"."orders" AS "orders",
      "t33"."revenue_fen" AS "revenue_fen",
      "t33"."refunds_fen" AS "refunds_fen",
      "t33"."margin_mfen" AS "margin_mfen",
      "t33"."cohort" AS "cohort",
      "t31"."grp" AS "grp"
    FROM (
      SELECT
        "t29"."customer_id" AS "customer_id",
        GREATEST("t29"."period", "t29"."cohort") AS "period",
        "t29"."orders" AS "orders",
        "t29"."revenue_fen" AS "revenue_fen",
        "t29"."refunds_fen" AS "refunds_fen",
        "t29"."margin_mfen" AS "margin_mfen",
        "t29"."cohort" AS "cohort"
      FROM (
        SELECT
          "t22"."customer_id" AS "customer_id",
          "t22"."period" AS "period",
          "t22"."orders" AS "orders",
          "t22"."revenue_fen" AS "revenue_fen",
          "t22"."refunds_fen" AS "refunds_fen",
          "t22"."margin_mfen" AS "margin_mfen",
          "t27"."cohort" AS "cohort"
        FROM "t18" AS "t22"
        INNER JOIN (
          SELECT
            "t24"."customer_id" AS "customer_id",
            MIN("t24"."period") AS "cohort"
          FROM (
            SELECT
              *
            FROM "t18" AS "t20"
            WHERE
              "t20"."orders" > 0
          ) AS "t24"
          GROUP BY
            "t24"."customer_id"
        ) AS "t27"
          ON "t22"."customer_id" = "t27"."customer_id"
      ) AS "t29"
    ) AS "t33"
    INNER JOIN (
      SELECT
        "t28"."customer_id" AS "customer_id",
        CASE
          WHEN "t28"."told" = 'tmall'
          THEN 0
          WHEN "t28"."told" = 'jd'
          THEN 1
          WHEN isNull("t28"."told")
          THEN 3
          ELSE 2
        END AS "grp"
      FROM (
        SELECT
          "t21"."customer_id" AS "customer_id",
          "t21"."first_ms" AS "first_ms",
          "t21"."told" AS "told",
          "t25"."earliest_ms" AS "earliest_ms"
        FROM "t17" AS "t21"
        INNER JOIN (
          SELECT
            "t19"."customer_id" AS "customer_id",
            MIN("t19"."first_ms") AS "earliest_ms"
          FROM "t17" AS "t19"
          GROUP BY
            "t19"."customer_id"
        ) AS "t25"
          ON "t21"."customer_id" = "t25"."customer_id"
      ) AS "t28"
      WHERE
        "t28"."first_ms" = "t28"."earliest_ms"
    ) AS "t31"
      ON "t33"."customer_id" = "t31"."customer_id"
  ) AS "t34"
  GROUP BY
    "t34"."cohort",
    "t34"."grp",
    "t34"."period"
) AS "t35"
ORDER BY
  "t35"."cohort" ASC,
  "t35"."grp" ASC,
  "t35"."period" ASC
