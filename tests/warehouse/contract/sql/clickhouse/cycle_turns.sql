WITH "t22" AS (
  SELECT
    "t9"."id" AS "id",
    "t9"."source" AS "source",
    "t9"."kind" AS "kind",
    "t9"."channel" AS "channel",
    "t9"."subject_id" AS "subject_id",
    "t9"."occurred_ms" AS "occurred_ms",
    "t9"."local_day" AS "local_day",
    "t9"."local_month" AS "local_month",
    "t9"."amount_fen" AS "amount_fen",
    "t9"."quantity" AS "quantity",
    "t9"."bucket" AS "bucket",
    "t9"."payload" AS "payload",
    "t9"."cause_id" AS "cause_id",
    "t9"."ref" AS "ref",
    "t21"."first_id" AS "first_id",
    "t21"."its_source" AS "its_source",
    "t21"."its_ref" AS "its_ref",
    "t21"."left_fen" AS "left_fen"
  FROM (
    SELECT
      "t1"."id" AS "id",
      "t1"."source" AS "source",
      "t1"."kind" AS "kind",
      "t1"."channel" AS "channel",
      "t1"."subject_id" AS "subject_id",
      "t1"."occurred_ms" AS "occurred_ms",
      "t1"."local_day" AS "local_day",
      "t1"."local_month" AS "local_month",
      "t1"."amount_fen" AS "amount_fen",
      "t1"."quantity" AS "quantity",
      "t1"."bucket" AS "bucket",
      "t1"."payload" AS "payload",
      CAST(NULL AS Nullable(Int64)) AS "cause_id",
      CASE
        WHEN position(COALESCE("t1"."payload", ''), '"order":"') > 0
        THEN COALESCE(
          CASE
            WHEN notEmpty(
              extractGroups(
                CAST(COALESCE("t1"."payload", '') AS String),
                CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
              )[2]
            )
            THEN extractGroups(
              CAST(COALESCE("t1"."payload", '') AS String),
              CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
            )[2]
            ELSE NULL
          END,
          ''
        )
        ELSE ''
      END AS "ref"
    FROM "touchpoints" AS "t1"
    WHERE
      "t1"."kind" IN ('order.paid')
      AND isNotNull("t1"."subject_id")
      AND "t1"."local_day" <= 19740
  ) AS "t9"
  LEFT OUTER JOIN (
    SELECT
      "t16"."first_id" AS "first_id",
      "t16"."source" AS "its_source",
      "t16"."ref" AS "its_ref",
      "t16"."paid_fen" - "t19"."back_fen" AS "left_fen"
    FROM (
      SELECT
        "t10"."source" AS "source",
        "t10"."ref" AS "ref",
        COALESCE(CAST(SUM("t10"."amount_fen") AS Nullable(Int64)), 0) AS "paid_fen",
        MIN("t10"."id") AS "first_id"
      FROM (
        SELECT
          "t1"."id" AS "id",
          "t1"."source" AS "source",
          "t1"."kind" AS "kind",
          "t1"."channel" AS "channel",
          "t1"."subject_id" AS "subject_id",
          "t1"."occurred_ms" AS "occurred_ms",
          "t1"."local_day" AS "local_day",
          "t1"."local_month" AS "local_month",
          "t1"."amount_fen" AS "amount_fen",
          "t1"."quantity" AS "quantity",
          "t1"."bucket" AS "bucket",
          "t1"."payload" AS "payload",
          CAST(NULL AS Nullable(Int64)) AS "cause_id",
          CASE
            WHEN position(COALESCE("t1"."payload", ''), '"order":"') > 0
            THEN COALESCE(
              CASE
                WHEN notEmpty(
                  extractGroups(
                    CAST(COALESCE("t1"."payload", '') AS String),
                    CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                )
                THEN extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                )[2]
                ELSE NULL
              END,
              ''
            )
            ELSE ''
          END AS "ref"
        FROM "touchpoints" AS "t1"
        WHERE
          "t1"."kind" IN ('order.paid')
          AND isNotNull("t1"."subject_id")
          AND "t1"."local_day" <= 19740
          AND CASE
            WHEN position(COALESCE("t1"."payload", ''), '"order":"') > 0
            THEN COALESCE(
              CASE
                WHEN notEmpty(
                  extractGroups(
                    CAST(COALESCE("t1"."payload", '') AS String),
                    CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                  )[2]
                )
                THEN extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                )[2]
                ELSE NULL
              END,
              ''
            )
            ELSE ''
          END <> ''
      ) AS "t10"
      GROUP BY
        "t10"."source",
        "t10"."ref"
    ) AS "t16"
    INNER JOIN (
      SELECT
        *
      FROM (
        SELECT
          "t12"."source" AS "source",
          "t12"."ref" AS "ref",
          COALESCE(CAST(SUM("t12"."amount_fen") AS Nullable(Int64)), 0) AS "back_fen"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t1"."source" AS "source",
              "t1"."amount_fen" AS "amount_fen",
              CASE
                WHEN position(COALESCE("t1"."payload", ''), '"order":"') > 0
                THEN COALESCE(
                  CASE
                    WHEN notEmpty(
                      extractGroups(
                        CAST(COALESCE("t1"."payload", '') AS String),
                        CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                      )[2]
                    )
                    THEN extractGroups(
                      CAST(COALESCE("t1"."payload", '') AS String),
                      CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                    )[2]
                    ELSE NULL
                  END,
                  ''
                )
                ELSE ''
              END AS "ref"
            FROM "touchpoints" AS "t1"
            WHERE
              "t1"."kind" = 'order.refunded' AND "t1"."local_day" <= 19740
          ) AS "t8"
          WHERE
            "t8"."ref" <> ''
        ) AS "t12"
        GROUP BY
          "t12"."source",
          "t12"."ref"
      ) AS "t17"
      WHERE
        "t17"."back_fen" > 0
    ) AS "t19"
      ON "t16"."source" = "t19"."source" AND "t16"."ref" = "t19"."ref"
  ) AS "t21"
    ON "t9"."source" = "t21"."its_source" AND "t9"."ref" = "t21"."its_ref"
), "t29" AS (
  SELECT
    COALESCE("t5"."root", "t27"."subject_id") AS "customer_id",
    "t27"."cause_id" AS "cause_id",
    "t27"."local_day" AS "local_day",
    "t27"."local_month" AS "local_month",
    "t27"."amount_fen" AS "amount_fen",
    "t27"."fact_id" AS "fact_id"
  FROM (
    SELECT
      "t23"."subject_id" AS "subject_id",
      "t23"."cause_id" AS "cause_id",
      "t23"."local_day" AS "local_day",
      "t23"."local_month" AS "local_month",
      CASE
        WHEN isNull("t23"."left_fen")
        THEN "t23"."amount_fen"
        ELSE CASE WHEN "t23"."id" = "t23"."first_id" THEN "t23"."left_fen" ELSE 0 END
      END AS "amount_fen",
      "t23"."id" AS "fact_id"
    FROM "t22" AS "t23"
    WHERE
      isNull("t23"."left_fen") OR (
        "t23"."left_fen" > 0
      )
  ) AS "t27"
  LEFT OUTER JOIN (
    SELECT
      "t0"."subject_id" AS "mapped_subject",
      "t0"."customer_id" AS "root"
    FROM "subject_map" AS "t0"
    WHERE
      "t0"."customer_id" <> "t0"."subject_id"
  ) AS "t5"
    ON "t27"."subject_id" = "t5"."mapped_subject"
), "t36" AS (
  SELECT
    "t33"."customer_id" AS "customer_id",
    "t33"."local_day" AS "local_day",
    MIN("t33"."local_month") AS "local_month"
  FROM (
    SELECT
      "t31"."customer_id" AS "customer_id",
      "t31"."customer_id" AS "doer",
      "t31"."fact_id" AS "fact_id",
      "t31"."local_day" AS "local_day",
      "t31"."local_month" AS "local_month",
      "t31"."amount_fen" AS "amount_fen"
    FROM "t29" AS "t31"
  ) AS "t33"
  GROUP BY
    "t33"."customer_id",
    "t33"."local_day"
), "t51" AS (
  SELECT
    "t50"."customer_id" AS "customer_id",
    "t50"."local_day" AS "local_day",
    "t50"."local_month" AS "local_month",
    "t50"."anchor" AS "anchor",
    "t50"."place" AS "place",
    "t50"."amount_fen" AS "amount_fen",
    "t50"."number" AS "number",
    "t50"."unknown" AS "unknown",
    "t50"."key" AS "key",
    "t50"."begins" AS "begins",
    MAX("t50"."begins") OVER (
      PARTITION BY "t50"."customer_id"
      ORDER BY "t50"."key" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS "entry"
  FROM (
    SELECT
      "t49"."customer_id" AS "customer_id",
      "t49"."local_day" AS "local_day",
      "t49"."local_month" AS "local_month",
      "t49"."anchor" AS "anchor",
      "t49"."place" AS "place",
      "t49"."amount_fen" AS "amount_fen",
      "t49"."number" AS "number",
      "t49"."unknown" AS "unknown",
      (
        CAST("t49"."anchor" AS Nullable(Int64)) * 4
      ) + "t49"."place" AS "key",
      CASE WHEN "t49"."place" = 1 THEN "t49"."local_day" ELSE -2147483648 END AS "begins"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t43"."customer_id" AS "customer_id",
          "t43"."local_day" AS "local_day",
          "t43"."local_month" AS "local_month",
          "t43"."anchor" AS "anchor",
          0 AS "place",
          "t43"."amount_fen" AS "amount_fen",
          "t43"."number" AS "number",
          "t43"."unknown" AS "unknown"
        FROM (
          SELECT
            "t42"."customer_id" AS "customer_id",
            "t42"."anchor" AS "anchor",
            MIN("t42"."local_day") AS "local_day",
            MIN("t42"."local_month") AS "local_month",
            COALESCE(CAST(SUM("t42"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
            COALESCE(CAST(SUM("t42"."unknown") AS Nullable(Int64)), 0) AS "unknown",
            COUNT(*) AS "number"
          FROM (
            SELECT
              "t34"."customer_id" AS "customer_id",
              "t34"."doer" AS "doer",
              "t34"."anchor" AS "anchor",
              MIN("t34"."local_day") AS "local_day",
              MIN("t34"."local_month") AS "local_month",
              COALESCE(CAST(SUM("t34"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
              COALESCE(
                CAST(SUM(CASE WHEN isNull("t34"."amount_fen") THEN 1 ELSE 0 END) AS Nullable(Int64)),
                0
              ) AS "unknown"
            FROM (
              SELECT
                "t31"."customer_id" AS "customer_id",
                "t31"."customer_id" AS "doer",
                "t31"."fact_id" AS "fact_id",
                "t31"."local_day" AS "local_day",
                "t31"."local_month" AS "local_month",
                "t31"."amount_fen" AS "amount_fen",
                "t31"."local_day" AS "anchor"
              FROM "t29" AS "t31"
            ) AS "t34"
            GROUP BY
              "t34"."customer_id",
              "t34"."doer",
              "t34"."anchor"
          ) AS "t42"
          GROUP BY
            "t42"."customer_id",
            "t42"."anchor"
        ) AS "t43"
      ) AS "t45"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t37"."customer_id" AS "customer_id",
            "t37"."local_day" AS "local_day",
            "t37"."local_month" AS "local_month",
            "t37"."local_day" AS "anchor",
            1 AS "place",
            0 AS "amount_fen",
            0 AS "number",
            0 AS "unknown"
          FROM "t36" AS "t37"
        ) AS "t39"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t46"."customer_id" AS "customer_id",
            "t46"."local_day" AS "local_day",
            "t46"."local_month" AS "local_month",
            "t46"."anchor" AS "anchor",
            2 AS "place",
            "t46"."amount_fen" AS "amount_fen",
            "t46"."number" AS "number",
            "t46"."unknown" AS "unknown"
          FROM (
            SELECT
              "t44"."customer_id" AS "customer_id",
              "t44"."anchor" AS "anchor",
              MIN("t44"."local_day") AS "local_day",
              MIN("t44"."local_month") AS "local_month",
              COALESCE(CAST(SUM("t44"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
              COALESCE(CAST(SUM("t44"."unknown") AS Nullable(Int64)), 0) AS "unknown",
              COUNT(*) AS "number"
            FROM (
              SELECT
                "t40"."customer_id" AS "customer_id",
                "t40"."doer" AS "doer",
                "t40"."anchor" AS "anchor",
                MIN("t40"."local_day") AS "local_day",
                MIN("t40"."local_month") AS "local_month",
                COALESCE(CAST(SUM("t40"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
                COALESCE(
                  CAST(SUM(CASE WHEN isNull("t40"."amount_fen") THEN 1 ELSE 0 END) AS Nullable(Int64)),
                  0
                ) AS "unknown"
              FROM (
                SELECT
                  "t35"."local_day" AS "local_day",
                  "t35"."local_month" AS "local_month",
                  "t35"."amount_fen" AS "amount_fen",
                  COALESCE("t35"."root", "t35"."customer_id") AS "customer_id",
                  COALESCE("t35"."root", "t35"."customer_id") AS "doer",
                  COALESCE("t35"."day", "t35"."local_day") AS "anchor"
                FROM (
                  SELECT
                    "t14"."customer_id" AS "customer_id",
                    "t14"."local_day" AS "local_day",
                    "t14"."local_month" AS "local_month",
                    "t14"."amount_fen" AS "amount_fen",
                    "t14"."fact_id" AS "fact_id",
                    "t14"."doer" AS "doer",
                    "t32"."cause" AS "cause",
                    "t32"."day" AS "day",
                    "t32"."root" AS "root"
                  FROM (
                    SELECT
                      "t11"."customer_id" AS "customer_id",
                      "t11"."local_day" AS "local_day",
                      "t11"."local_month" AS "local_month",
                      "t11"."amount_fen" AS "amount_fen",
                      "t11"."fact_id" AS "fact_id",
                      "t11"."customer_id" AS "doer"
                    FROM (
                      SELECT
                        COALESCE("t5"."root", "t6"."subject_id") AS "customer_id",
                        "t6"."local_day" AS "local_day",
                        "t6"."local_month" AS "local_month",
                        "t6"."amount_fen" AS "amount_fen",
                        "t6"."fact_id" AS "fact_id"
                      FROM (
                        SELECT
                          "t2"."subject_id" AS "subject_id",
                          "t2"."local_day" AS "local_day",
                          "t2"."local_month" AS "local_month",
                          "t2"."cost_fen" AS "amount_fen",
                          "t2"."fact_id" AS "fact_id"
                        FROM "ledger_rewards" AS "t2"
                        WHERE
                          isNotNull("t2"."fact_id")
                          AND isNotNull("t2"."subject_id")
                          AND "t2"."local_day" <= 19740
                      ) AS "t6"
                      LEFT OUTER JOIN (
                        SELECT
                          "t0"."subject_id" AS "mapped_subject",
                          "t0"."customer_id" AS "root"
                        FROM "subject_map" AS "t0"
                        WHERE
                          "t0"."customer_id" <> "t0"."subject_id"
                      ) AS "t5"
                        ON "t6"."subject_id" = "t5"."mapped_subject"
                    ) AS "t11"
                  ) AS "t14"
                  LEFT OUTER JOIN (
                    SELECT
                      "t28"."cause" AS "cause",
                      "t28"."day" AS "day",
                      "t28"."customer_id" AS "root"
                    FROM (
                      SELECT
                        COALESCE("t5"."root", "t25"."subject_id") AS "customer_id",
                        "t25"."cause" AS "cause",
                        "t25"."day" AS "day"
                      FROM (
                        SELECT
                          "t23"."subject_id" AS "subject_id",
                          "t23"."id" AS "cause",
                          "t23"."local_day" AS "day"
                        FROM "t22" AS "t23"
                        WHERE
                          isNull("t23"."left_fen") OR (
                            "t23"."left_fen" > 0
                          )
                      ) AS "t25"
                      LEFT OUTER JOIN (
                        SELECT
                          "t0"."subject_id" AS "mapped_subject",
                          "t0"."customer_id" AS "root"
                        FROM "subject_map" AS "t0"
                        WHERE
                          "t0"."customer_id" <> "t0"."subject_id"
                      ) AS "t5"
                        ON "t25"."subject_id" = "t5"."mapped_subject"
                    ) AS "t28"
                  ) AS "t32"
                    ON "t14"."fact_id" = "t32"."cause"
                ) AS "t35"
                WHERE
                  isNull("t35"."fact_id") OR isNotNull("t35"."cause")
              ) AS "t40"
              GROUP BY
                "t40"."customer_id",
                "t40"."doer",
                "t40"."anchor"
            ) AS "t44"
            GROUP BY
              "t44"."customer_id",
              "t44"."anchor"
          ) AS "t46"
        ) AS "t47"
      ) AS "t48"
    ) AS "t49"
  ) AS "t50"
), "t64" AS (
  SELECT
    "t41"."customer_id" AS "customer_id",
    "t41"."entry_day" AS "entry_day",
    "t41"."entry_month" AS "entry_month",
    "t57"."action_day" AS "action_day",
    "t57"."action_month" AS "action_month",
    COALESCE("t57"."cost_fen", 0) AS "cost_fen",
    COALESCE("t57"."unpriced", 0) AS "unpriced",
    "t63"."output_day" AS "output_day",
    "t63"."output_month" AS "output_month",
    COALESCE("t63"."outputs", 0) AS "outputs",
    COALESCE("t63"."revenue_fen", 0) AS "revenue_fen"
  FROM (
    SELECT
      "t37"."customer_id" AS "customer_id",
      "t37"."local_day" AS "entry_day",
      "t37"."local_month" AS "entry_month"
    FROM "t36" AS "t37"
  ) AS "t41"
  LEFT OUTER JOIN (
    SELECT
      "t55"."customer_id" AS "customer_id",
      "t55"."entry" AS "entry",
      MIN("t55"."local_day") AS "action_day",
      MIN("t55"."local_month") AS "action_month",
      COALESCE(CAST(SUM("t55"."amount_fen") AS Nullable(Int64)), 0) AS "cost_fen",
      COALESCE(CAST(SUM("t55"."unknown") AS Nullable(Int64)), 0) AS "unpriced"
    FROM (
      SELECT
        *
      FROM "t51" AS "t52"
      WHERE
        "t52"."place" <> 1
        AND "t52"."entry" > -2147483648
        AND "t52"."place" = 2
        AND "t52"."local_day" <= (
          "t52"."entry" + 1
        )
    ) AS "t55"
    GROUP BY
      "t55"."customer_id",
      "t55"."entry"
  ) AS "t57"
    ON "t41"."customer_id" = "t57"."customer_id" AND "t41"."entry_day" = "t57"."entry"
  LEFT OUTER JOIN (
    SELECT
      "t61"."who" AS "who",
      "t61"."begun" AS "begun",
      MIN("t61"."day") AS "output_day",
      MIN("t61"."month") AS "output_month",
      COALESCE(CAST(SUM("t61"."number") AS Nullable(Int64)), 0) AS "outputs",
      COALESCE(CAST(SUM("t61"."amount_fen") AS Nullable(Int64)), 0) AS "revenue_fen"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t54"."who" AS "who",
          "t54"."begun" AS "begun",
          "t54"."day" AS "day",
          "t54"."month" AS "month",
          "t54"."amount_fen" AS "amount_fen",
          "t54"."number" AS "number",
          "t59"."customer_id" AS "customer_id",
          "t59"."entry_day" AS "entry_day",
          "t59"."entry_month" AS "entry_month",
          "t59"."action_day" AS "action_day",
          "t59"."action_month" AS "action_month",
          "t59"."cost_fen" AS "cost_fen",
          "t59"."unpriced" AS "unpriced"
        FROM (
          SELECT
            "t52"."customer_id" AS "who",
            "t52"."entry" AS "begun",
            "t52"."local_day" AS "day",
            "t52"."local_month" AS "month",
            "t52"."amount_fen" AS "amount_fen",
            "t52"."number" AS "number"
          FROM "t51" AS "t52"
          WHERE
            "t52"."place" <> 1 AND "t52"."entry" > -2147483648 AND "t52"."place" IN (0, 3)
        ) AS "t54"
        INNER JOIN (
          SELECT
            "t41"."customer_id" AS "customer_id",
            "t41"."entry_day" AS "entry_day",
            "t41"."entry_month" AS "entry_month",
            "t57"."action_day" AS "action_day",
            "t57"."action_month" AS "action_month",
            COALESCE("t57"."cost_fen", 0) AS "cost_fen",
            COALESCE("t57"."unpriced", 0) AS "unpriced"
          FROM (
            SELECT
              "t37"."customer_id" AS "customer_id",
              "t37"."local_day" AS "entry_day",
              "t37"."local_month" AS "entry_month"
            FROM "t36" AS "t37"
          ) AS "t41"
          LEFT OUTER JOIN (
            SELECT
              "t55"."customer_id" AS "customer_id",
              "t55"."entry" AS "entry",
              MIN("t55"."local_day") AS "action_day",
              MIN("t55"."local_month") AS "action_month",
              COALESCE(CAST(SUM("t55"."amount_fen") AS Nullable(Int64)), 0) AS "cost_fen",
              COALESCE(CAST(SUM("t55"."unknown") AS Nullable(Int64)), 0) AS "unpriced"
            FROM (
              SELECT
                *
              FROM "t51" AS "t52"
              WHERE
                "t52"."place" <> 1
                AND "t52"."entry" > -2147483648
                AND "t52"."place" = 2
                AND "t52"."local_day" <= (
                  "t52"."entry" + 1
                )
            ) AS "t55"
            GROUP BY
              "t55"."customer_id",
              "t55"."entry"
          ) AS "t57"
            ON "t41"."customer_id" = "t57"."customer_id" AND "t41"."entry_day" = "t57"."entry"
        ) AS "t59"
          ON "t54"."who" = "t59"."customer_id" AND "t54"."begun" = "t59"."entry_day"
      ) AS "t60"
      WHERE
        "t60"."day" >= COALESCE("t60"."action_day", "t60"."entry_day")
        AND "t60"."day" <= (
          COALESCE("t60"."action_day", "t60"."entry_day") + 90
        )
    ) AS "t61"
    GROUP BY
      "t61"."who",
      "t61"."begun"
  ) AS "t63"
    ON "t41"."customer_id" = "t63"."who" AND "t41"."entry_day" = "t63"."begun"
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t73"."local_month" AS "local_month",
      "t73"."cycles" AS "cycles",
      "t73"."customers" AS "customers",
      'produced' AS "turn"
    FROM (
      SELECT
        "t70"."local_month" AS "local_month",
        COALESCE(CAST(SUM("t70"."cycles") AS Nullable(Int64)), 0) AS "cycles",
        COUNT(*) AS "customers"
      FROM (
        SELECT
          "t67"."local_month" AS "local_month",
          "t67"."customer_id" AS "customer_id",
          COUNT(*) AS "cycles"
        FROM (
          SELECT
            "t65"."customer_id" AS "customer_id",
            "t65"."output_month" AS "local_month"
          FROM "t64" AS "t65"
          WHERE
            isNotNull("t65"."action_day") AND isNotNull("t65"."output_day")
        ) AS "t67"
        GROUP BY
          "t67"."local_month",
          "t67"."customer_id"
      ) AS "t70"
      GROUP BY
        "t70"."local_month"
    ) AS "t73"
  ) AS "t76"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t74"."local_month" AS "local_month",
        "t74"."cycles" AS "cycles",
        "t74"."customers" AS "customers",
        'entered' AS "turn"
      FROM (
        SELECT
          "t71"."local_month" AS "local_month",
          COALESCE(CAST(SUM("t71"."cycles") AS Nullable(Int64)), 0) AS "cycles",
          COUNT(*) AS "customers"
        FROM (
          SELECT
            "t68"."local_month" AS "local_month",
            "t68"."customer_id" AS "customer_id",
            COUNT(*) AS "cycles"
          FROM (
            SELECT
              "t65"."customer_id" AS "customer_id",
              "t65"."entry_month" AS "local_month"
            FROM "t64" AS "t65"
            WHERE
              isNotNull("t65"."entry_day")
          ) AS "t68"
          GROUP BY
            "t68"."local_month",
            "t68"."customer_id"
        ) AS "t71"
        GROUP BY
          "t71"."local_month"
      ) AS "t74"
    ) AS "t77"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t72"."local_month" AS "local_month",
        "t72"."cycles" AS "cycles",
        "t72"."customers" AS "customers",
        'acted' AS "turn"
      FROM (
        SELECT
          "t69"."local_month" AS "local_month",
          COALESCE(CAST(SUM("t69"."cycles") AS Nullable(Int64)), 0) AS "cycles",
          COUNT(*) AS "customers"
        FROM (
          SELECT
            "t66"."local_month" AS "local_month",
            "t66"."customer_id" AS "customer_id",
            COUNT(*) AS "cycles"
          FROM (
            SELECT
              "t65"."customer_id" AS "customer_id",
              "t65"."action_month" AS "local_month"
            FROM "t64" AS "t65"
            WHERE
              isNotNull("t65"."action_day")
          ) AS "t66"
          GROUP BY
            "t66"."local_month",
            "t66"."customer_id"
        ) AS "t69"
        GROUP BY
          "t69"."local_month"
      ) AS "t72"
    ) AS "t75"
  ) AS "t78"
) AS "t79"
ORDER BY
  "t79"."turn" ASC,
  "t79"."local_month" ASC
