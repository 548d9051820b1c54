SELECT
  *
FROM (
  SELECT
    "t6"."customer_id" AS "customer_id",
    "t6"."state" AS "state",
    "t21"."first_day" AS "first_day",
    "t21"."last_day" AS "last_day",
    "t21"."days" AS "days",
    "t21"."orders" AS "orders",
    "t21"."revenue_fen" AS "revenue_fen",
    "t21"."first_day_fen" AS "first_day_fen",
    "t21"."refunds_fen" AS "refunds_fen",
    "t21"."margin_mfen" AS "margin_mfen",
    COALESCE("t17"."state_before", '') AS "state_before"
  FROM (
    SELECT
      "t0"."customer_id" AS "customer_id",
      "t0"."state" AS "state"
    FROM "customer_states" AS "t0"
  ) AS "t6"
  LEFT OUTER JOIN (
    SELECT
      "t19"."customer_id" AS "buyer_id",
      "t19"."first_day" AS "first_day",
      "t19"."last_day" AS "last_day",
      "t19"."days" AS "days",
      "t19"."orders" AS "orders",
      "t19"."revenue_fen" AS "revenue_fen",
      "t19"."first_day_fen" AS "first_day_fen",
      "t19"."refunds_fen" AS "refunds_fen",
      "t19"."margin_mfen" AS "margin_mfen"
    FROM (
      SELECT
        "t18"."customer_id" AS "customer_id",
        MIN(
          CASE
            WHEN "t18"."orders" > 0
            THEN "t18"."local_day"
            ELSE CAST(NULL AS Nullable(Int32))
          END
        ) AS "first_day",
        MAX(
          CASE
            WHEN "t18"."orders" > 0
            THEN "t18"."local_day"
            ELSE CAST(NULL AS Nullable(Int32))
          END
        ) AS "last_day",
        COALESCE(CAST(SUM(CASE WHEN "t18"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
        COALESCE(CAST(SUM("t18"."orders") AS Nullable(Int64)), 0) AS "orders",
        COALESCE(CAST(SUM("t18"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
        argMin(
          tuple("t18"."revenue_fen"),
          COALESCE(
            CASE
              WHEN "t18"."orders" > 0
              THEN "t18"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END,
            2147483647
          )
        ).1 AS "first_day_fen",
        COALESCE(CAST(SUM("t18"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
        COALESCE(CAST(SUM("t18"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
      FROM (
        SELECT
          "t15"."customer_id" AS "customer_id",
          "t15"."local_day" AS "local_day",
          COALESCE(CAST(SUM("t15"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t15"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          COALESCE(CAST(SUM("t15"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t15"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
        FROM (
          SELECT
            COALESCE("t8"."root", "t13"."subject_id") AS "customer_id",
            "t13"."local_day" AS "local_day",
            "t13"."orders" AS "orders",
            "t13"."revenue_fen" AS "revenue_fen",
            "t13"."refunds_fen" AS "refunds_fen",
            "t13"."margin_mfen" AS "margin_mfen"
          FROM (
            SELECT
              "t7"."subject_id" AS "subject_id",
              "t7"."local_day" AS "local_day",
              COALESCE(
                CAST(SUM(CASE WHEN "t7"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
                0
              ) AS "orders",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t7"."kind" = 'order.paid'
                    THEN "t7"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "revenue_fen",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t7"."kind" = 'order.refunded'
                    THEN "t7"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "refunds_fen",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t7"."kind" = 'order.paid'
                    THEN "t7"."amount_fen"
                    ELSE -(
                      "t7"."amount_fen"
                    )
                  END * 1000
                ) AS Nullable(Int64)),
                0
              ) AS "margin_mfen"
            FROM (
              SELECT
                *
              FROM "touchpoints" AS "t1"
              WHERE
                "t1"."kind" IN ('order.paid', 'order.refunded')
                AND isNotNull("t1"."subject_id")
                AND "t1"."local_day" <= 19723
            ) AS "t7"
            GROUP BY
              "t7"."subject_id",
              "t7"."local_day"
          ) AS "t13"
          LEFT OUTER JOIN (
            SELECT
              "t2"."subject_id" AS "mapped_subject",
              "t2"."customer_id" AS "root"
            FROM "subject_map" AS "t2"
          ) AS "t8"
            ON "t13"."subject_id" = "t8"."mapped_subject"
        ) AS "t15"
        GROUP BY
          "t15"."customer_id",
          "t15"."local_day"
      ) AS "t18"
      GROUP BY
        "t18"."customer_id"
    ) AS "t19"
    WHERE
      "t19"."orders" > 0
  ) AS "t21"
    ON "t6"."customer_id" = "t21"."buyer_id"
  LEFT OUTER JOIN (
    SELECT
      "t14"."customer_id" AS "known_id",
      "t14"."state" AS "state_before"
    FROM (
      SELECT
        "t3"."customer_id" AS "customer_id",
        COALESCE("t11"."before", "t3"."state") AS "state",
        COALESCE("t11"."began_ms", "t3"."since_ms") AS "since_ms"
      FROM "customer_states" AS "t3"
      LEFT OUTER JOIN (
        SELECT
          "t9"."subject_id" AS "subject_id",
          argMin(tuple("t9"."before"), "t9"."id").1 AS "before",
          argMin(tuple("t9"."began_ms"), "t9"."id").1 AS "began_ms"
        FROM (
          SELECT
            "t1"."subject_id" AS "subject_id",
            "t1"."id" AS "id",
            CASE
              WHEN notEmpty(
                extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"from":"([a-z_]*)"', ')')
                )[2]
              )
              THEN extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
                CONCAT('(', '"from":"([a-z_]*)"', ')')
              )[2]
              ELSE NULL
            END AS "before",
            CAST(nullIf(
              CASE
                WHEN notEmpty(
                  extractGroups(
                    CAST(COALESCE("t1"."payload", '') AS String),
                    CONCAT('(', '"since_ms":(-?[0-9]{1,18})[,}]', ')')
                  )[2]
                )
                THEN extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"since_ms":(-?[0-9]{1,18})[,}]', ')')
                )[2]
                ELSE NULL
              END,
              ''
            ) AS Nullable(Int64)) AS "began_ms"
          FROM "touchpoints" AS "t1"
          WHERE
            "t1"."kind" = 'state.changed'
            AND "t1"."occurred_ms" > 1700000000000
            AND isNotNull("t1"."subject_id")
        ) AS "t9"
        GROUP BY
          "t9"."subject_id"
      ) AS "t11"
        ON "t3"."customer_id" = "t11"."subject_id"
    ) AS "t14"
    WHERE
      "t14"."since_ms" <= 1700000000000
  ) AS "t17"
    ON "t6"."customer_id" = "t17"."known_id"
) AS "t22"
ORDER BY
  "t22"."customer_id" ASC
