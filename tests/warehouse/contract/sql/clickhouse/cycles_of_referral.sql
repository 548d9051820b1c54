WITH "t19" AS (
  SELECT
    "t15"."customer_id" AS "customer_id",
    "t15"."local_day" AS "local_day",
    MIN("t15"."local_month") AS "local_month"
  FROM (
    SELECT
      "t12"."customer_id" AS "customer_id",
      "t12"."customer_id" AS "doer",
      "t12"."fact_id" AS "fact_id",
      "t12"."local_day" AS "local_day",
      "t12"."local_month" AS "local_month",
      "t12"."amount_fen" AS "amount_fen"
    FROM (
      SELECT
        COALESCE("t5"."root", "t6"."subject_id") AS "customer_id",
        "t6"."cause_id" AS "cause_id",
        "t6"."local_day" AS "local_day",
        "t6"."local_month" AS "local_month",
        "t6"."amount_fen" AS "amount_fen",
        "t6"."fact_id" AS "fact_id"
      FROM (
        SELECT
          "t0"."subject_id" AS "subject_id",
          CAST(NULL AS Nullable(Int64)) AS "cause_id",
          "t0"."local_day" AS "local_day",
          "t0"."local_month" AS "local_month",
          "t0"."amount_fen" AS "amount_fen",
          "t0"."id" AS "fact_id"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid')
          AND isNotNull("t0"."subject_id")
          AND "t0"."local_day" <= 19740
          AND COALESCE("t0"."channel" = 'store', FALSE)
      ) AS "t6"
      LEFT OUTER JOIN (
        SELECT
          "t1"."subject_id" AS "mapped_subject",
          "t1"."customer_id" AS "root"
        FROM "subject_map" AS "t1"
        WHERE
          "t1"."customer_id" <> "t1"."subject_id"
      ) AS "t5"
        ON "t6"."subject_id" = "t5"."mapped_subject"
    ) AS "t12"
  ) AS "t15"
  GROUP BY
    "t15"."customer_id",
    "t15"."local_day"
), "t46" AS (
  SELECT
    "t45"."customer_id" AS "customer_id",
    "t45"."local_day" AS "local_day",
    "t45"."local_month" AS "local_month",
    "t45"."anchor" AS "anchor",
    "t45"."place" AS "place",
    "t45"."amount_fen" AS "amount_fen",
    "t45"."number" AS "number",
    "t45"."unknown" AS "unknown",
    "t45"."key" AS "key",
    "t45"."begins" AS "begins",
    MAX("t45"."begins") OVER (
      PARTITION BY "t45"."customer_id"
      ORDER BY "t45"."key" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS "entry"
  FROM (
    SELECT
      "t44"."customer_id" AS "customer_id",
      "t44"."local_day" AS "local_day",
      "t44"."local_month" AS "local_month",
      "t44"."anchor" AS "anchor",
      "t44"."place" AS "place",
      "t44"."amount_fen" AS "amount_fen",
      "t44"."number" AS "number",
      "t44"."unknown" AS "unknown",
      (
        CAST("t44"."anchor" AS Nullable(Int64)) * 4
      ) + "t44"."place" AS "key",
      CASE WHEN "t44"."place" = 1 THEN "t44"."local_day" ELSE -2147483648 END AS "begins"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t42"."customer_id" AS "customer_id",
          "t42"."local_day" AS "local_day",
          "t42"."local_month" AS "local_month",
          "t42"."anchor" AS "anchor",
          3 AS "place",
          "t42"."amount_fen" AS "amount_fen",
          "t42"."number" AS "number",
          "t42"."unknown" AS "unknown"
        FROM (
          SELECT
            "t41"."customer_id" AS "customer_id",
            "t41"."anchor" AS "anchor",
            MIN("t41"."local_day") AS "local_day",
            MIN("t41"."local_month") AS "local_month",
            COALESCE(CAST(SUM("t41"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
            COALESCE(CAST(SUM("t41"."unknown") AS Nullable(Int64)), 0) AS "unknown",
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
                "t39"."customer_id" AS "customer_id",
                "t39"."doer" AS "doer",
                "t39"."fact_id" AS "fact_id",
                "t39"."local_day" AS "local_day",
                "t39"."local_month" AS "local_month",
                "t39"."amount_fen" AS "amount_fen",
                "t39"."local_day" AS "anchor"
              FROM (
                SELECT
                  COALESCE("t5"."root", "t38"."subject_id") AS "customer_id",
                  "t38"."doer" AS "doer",
                  "t38"."fact_id" AS "fact_id",
                  "t38"."local_day" AS "local_day",
                  "t38"."local_month" AS "local_month",
                  "t38"."amount_fen" AS "amount_fen"
                FROM (
                  SELECT
                    "t36"."customer_id" AS "doer",
                    "t36"."fact_id" AS "fact_id",
                    "t36"."local_day" AS "local_day",
                    "t36"."local_month" AS "local_month",
                    "t36"."amount_fen" AS "amount_fen",
                    "t36"."cause_id" AS "subject_id"
                  FROM (
                    SELECT
                      COALESCE("t5"."root", "t35"."subject_id") AS "customer_id",
                      "t35"."cause_id" AS "cause_id",
                      "t35"."local_day" AS "local_day",
                      "t35"."local_month" AS "local_month",
                      "t35"."amount_fen" AS "amount_fen",
                      "t35"."fact_id" AS "fact_id"
                    FROM (
                      SELECT
                        "t33"."subject_id" AS "subject_id",
                        "t33"."cause_id" AS "cause_id",
                        "t33"."local_day" AS "local_day",
                        "t33"."local_month" AS "local_month",
                        CASE
                          WHEN isNull("t33"."left_fen")
                          THEN "t33"."amount_fen"
                          ELSE CASE WHEN "t33"."id" = "t33"."first_id" THEN "t33"."left_fen" ELSE 0 END
                        END AS "amount_fen",
                        "t33"."id" AS "fact_id"
                      FROM (
                        SELECT
                          "t10"."id" AS "id",
                          "t10"."source" AS "source",
                          "t10"."kind" AS "kind",
                          "t10"."channel" AS "channel",
                          "t10"."subject_id" AS "subject_id",
                          "t10"."occurred_ms" AS "occurred_ms",
                          "t10"."local_day" AS "local_day",
                          "t10"."local_month" AS "local_month",
                          "t10"."amount_fen" AS "amount_fen",
                          "t10"."quantity" AS "quantity",
                          "t10"."bucket" AS "bucket",
                          "t10"."payload" AS "payload",
                          "t10"."cause_id" AS "cause_id",
                          "t10"."ref" AS "ref",
                          "t30"."first_id" AS "first_id",
                          "t30"."its_source" AS "its_source",
                          "t30"."its_ref" AS "its_ref",
                          "t30"."left_fen" AS "left_fen"
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
                            CAST(nullIf(
                              CASE
                                WHEN notEmpty(
                                  extractGroups(
                                    CAST(COALESCE("t0"."payload", '') AS String),
                                    CONCAT('(', '"origin":(-?[0-9]{1,18})[,}]', ')')
                                  )[2]
                                )
                                THEN extractGroups(
                                  CAST(COALESCE("t0"."payload", '') AS String),
                                  CONCAT('(', '"origin":(-?[0-9]{1,18})[,}]', ')')
                                )[2]
                                ELSE NULL
                              END,
                              ''
                            ) AS Nullable(Int64)) AS "cause_id",
                            CASE
                              WHEN position(COALESCE("t0"."payload", ''), '"order":"') > 0
                              THEN COALESCE(
                                CASE
                                  WHEN notEmpty(
                                    extractGroups(
                                      CAST(COALESCE("t0"."payload", '') AS String),
                                      CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                    )[2]
                                  )
                                  THEN extractGroups(
                                    CAST(COALESCE("t0"."payload", '') AS String),
                                    CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                  )[2]
                                  ELSE NULL
                                END,
                                ''
                              )
                              ELSE ''
                            END AS "ref"
                          FROM "touchpoints" AS "t0"
                          WHERE
                            "t0"."kind" IN ('member.joined')
                            AND isNotNull("t0"."subject_id")
                            AND "t0"."local_day" <= 19740
                        ) AS "t10"
                        LEFT OUTER JOIN (
                          SELECT
                            "t18"."first_id" AS "first_id",
                            "t18"."source" AS "its_source",
                            "t18"."ref" AS "its_ref",
                            "t18"."paid_fen" - "t27"."back_fen" AS "left_fen"
                          FROM (
                            SELECT
                              "t11"."source" AS "source",
                              "t11"."ref" AS "ref",
                              COALESCE(CAST(SUM("t11"."amount_fen") AS Nullable(Int64)), 0) AS "paid_fen",
                              MIN("t11"."id") AS "first_id"
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
                                CAST(nullIf(
                                  CASE
                                    WHEN notEmpty(
                                      extractGroups(
                                        CAST(COALESCE("t0"."payload", '') AS String),
                                        CONCAT('(', '"origin":(-?[0-9]{1,18})[,}]', ')')
                                      )[2]
                                    )
                                    THEN extractGroups(
                                      CAST(COALESCE("t0"."payload", '') AS String),
                                      CONCAT('(', '"origin":(-?[0-9]{1,18})[,}]', ')')
                                    )[2]
                                    ELSE NULL
                                  END,
                                  ''
                                ) AS Nullable(Int64)) AS "cause_id",
                                CASE
                                  WHEN position(COALESCE("t0"."payload", ''), '"order":"') > 0
                                  THEN COALESCE(
                                    CASE
                                      WHEN notEmpty(
                                        extractGroups(
                                          CAST(COALESCE("t0"."payload", '') AS String),
                                          CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                        )[2]
                                      )
                                      THEN extractGroups(
                                        CAST(COALESCE("t0"."payload", '') AS String),
                                        CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                      )[2]
                                      ELSE NULL
                                    END,
                                    ''
                                  )
                                  ELSE ''
                                END AS "ref"
                              FROM "touchpoints" AS "t0"
                              WHERE
                                "t0"."kind" IN ('member.joined')
                                AND isNotNull("t0"."subject_id")
                                AND "t0"."local_day" <= 19740
                                AND CASE
                                  WHEN position(COALESCE("t0"."payload", ''), '"order":"') > 0
                                  THEN COALESCE(
                                    CASE
                                      WHEN notEmpty(
                                        extractGroups(
                                          CAST(COALESCE("t0"."payload", '') AS String),
                                          CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                        )[2]
                                      )
                                      THEN extractGroups(
                                        CAST(COALESCE("t0"."payload", '') AS String),
                                        CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                      )[2]
                                      ELSE NULL
                                    END,
                                    ''
                                  )
                                  ELSE ''
                                END <> ''
                            ) AS "t11"
                            GROUP BY
                              "t11"."source",
                              "t11"."ref"
                          ) AS "t18"
                          INNER JOIN (
                            SELECT
                              *
                            FROM (
                              SELECT
                                "t14"."source" AS "source",
                                "t14"."ref" AS "ref",
                                COALESCE(CAST(SUM("t14"."amount_fen") AS Nullable(Int64)), 0) AS "back_fen"
                              FROM (
                                SELECT
                                  *
                                FROM (
                                  SELECT
                                    "t0"."source" AS "source",
                                    "t0"."amount_fen" AS "amount_fen",
                                    CASE
                                      WHEN position(COALESCE("t0"."payload", ''), '"order":"') > 0
                                      THEN COALESCE(
                                        CASE
                                          WHEN notEmpty(
                                            extractGroups(
                                              CAST(COALESCE("t0"."payload", '') AS String),
                                              CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                            )[2]
                                          )
                                          THEN extractGroups(
                                            CAST(COALESCE("t0"."payload", '') AS String),
                                            CONCAT('(', '"order":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                          )[2]
                                          ELSE NULL
                                        END,
                                        ''
                                      )
                                      ELSE ''
                                    END AS "ref"
                                  FROM "touchpoints" AS "t0"
                                  WHERE
                                    "t0"."kind" = 'order.refunded' AND "t0"."local_day" <= 19740
                                ) AS "t9"
                                WHERE
                                  "t9"."ref" <> ''
                              ) AS "t14"
                              GROUP BY
                                "t14"."source",
                                "t14"."ref"
                            ) AS "t20"
                            WHERE
                              "t20"."back_fen" > 0
                          ) AS "t27"
                            ON "t18"."source" = "t27"."source" AND "t18"."ref" = "t27"."ref"
                        ) AS "t30"
                          ON "t10"."source" = "t30"."its_source" AND "t10"."ref" = "t30"."its_ref"
                      ) AS "t33"
                      WHERE
                        isNull("t33"."left_fen") OR (
                          "t33"."left_fen" > 0
                        )
                    ) AS "t35"
                    LEFT OUTER JOIN (
                      SELECT
                        "t1"."subject_id" AS "mapped_subject",
                        "t1"."customer_id" AS "root"
                      FROM "subject_map" AS "t1"
                      WHERE
                        "t1"."customer_id" <> "t1"."subject_id"
                    ) AS "t5"
                      ON "t35"."subject_id" = "t5"."mapped_subject"
                  ) AS "t36"
                  WHERE
                    isNotNull("t36"."cause_id")
                ) AS "t38"
                LEFT OUTER JOIN (
                  SELECT
                    "t1"."subject_id" AS "mapped_subject",
                    "t1"."customer_id" AS "root"
                  FROM "subject_map" AS "t1"
                  WHERE
                    "t1"."customer_id" <> "t1"."subject_id"
                ) AS "t5"
                  ON "t38"."subject_id" = "t5"."mapped_subject"
              ) AS "t39"
            ) AS "t40"
            GROUP BY
              "t40"."customer_id",
              "t40"."doer",
              "t40"."anchor"
          ) AS "t41"
          GROUP BY
            "t41"."customer_id",
            "t41"."anchor"
        ) AS "t42"
      ) AS "t43"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t21"."customer_id" AS "customer_id",
            "t21"."local_day" AS "local_day",
            "t21"."local_month" AS "local_month",
            "t21"."local_day" AS "anchor",
            1 AS "place",
            0 AS "amount_fen",
            0 AS "number",
            0 AS "unknown"
          FROM "t19" AS "t21"
        ) AS "t23"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t29"."customer_id" AS "customer_id",
            "t29"."local_day" AS "local_day",
            "t29"."local_month" AS "local_month",
            "t29"."anchor" AS "anchor",
            2 AS "place",
            "t29"."amount_fen" AS "amount_fen",
            "t29"."number" AS "number",
            "t29"."unknown" AS "unknown"
          FROM (
            SELECT
              "t26"."customer_id" AS "customer_id",
              "t26"."anchor" AS "anchor",
              MIN("t26"."local_day") AS "local_day",
              MIN("t26"."local_month") AS "local_month",
              COALESCE(CAST(SUM("t26"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
              COALESCE(CAST(SUM("t26"."unknown") AS Nullable(Int64)), 0) AS "unknown",
              COUNT(*) AS "number"
            FROM (
              SELECT
                "t16"."customer_id" AS "customer_id",
                "t16"."doer" AS "doer",
                "t16"."anchor" AS "anchor",
                MIN("t16"."local_day") AS "local_day",
                MIN("t16"."local_month") AS "local_month",
                COALESCE(CAST(SUM("t16"."amount_fen") AS Nullable(Int64)), 0) AS "amount_fen",
                COALESCE(
                  CAST(SUM(CASE WHEN isNull("t16"."amount_fen") THEN 1 ELSE 0 END) AS Nullable(Int64)),
                  0
                ) AS "unknown"
              FROM (
                SELECT
                  "t13"."customer_id" AS "customer_id",
                  "t13"."customer_id" AS "doer",
                  "t13"."fact_id" AS "fact_id",
                  "t13"."local_day" AS "local_day",
                  "t13"."local_month" AS "local_month",
                  "t13"."amount_fen" AS "amount_fen",
                  "t13"."local_day" AS "anchor"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t7"."subject_id") AS "customer_id",
                    "t7"."cause_id" AS "cause_id",
                    "t7"."local_day" AS "local_day",
                    "t7"."local_month" AS "local_month",
                    "t7"."amount_fen" AS "amount_fen",
                    "t7"."fact_id" AS "fact_id"
                  FROM (
                    SELECT
                      "t0"."subject_id" AS "subject_id",
                      CAST(NULL AS Nullable(Int64)) AS "cause_id",
                      "t0"."local_day" AS "local_day",
                      "t0"."local_month" AS "local_month",
                      "t0"."amount_fen" AS "amount_fen",
                      "t0"."id" AS "fact_id"
                    FROM "touchpoints" AS "t0"
                    WHERE
                      "t0"."kind" IN ('code.scanned')
                      AND isNotNull("t0"."subject_id")
                      AND "t0"."local_day" <= 19740
                      AND COALESCE(position("t0"."payload", '"code":"friend"') > 0, FALSE)
                  ) AS "t7"
                  LEFT OUTER JOIN (
                    SELECT
                      "t1"."subject_id" AS "mapped_subject",
                      "t1"."customer_id" AS "root"
                    FROM "subject_map" AS "t1"
                    WHERE
                      "t1"."customer_id" <> "t1"."subject_id"
                  ) AS "t5"
                    ON "t7"."subject_id" = "t5"."mapped_subject"
                ) AS "t13"
              ) AS "t16"
              GROUP BY
                "t16"."customer_id",
                "t16"."doer",
                "t16"."anchor"
            ) AS "t26"
            GROUP BY
              "t26"."customer_id",
              "t26"."anchor"
          ) AS "t29"
        ) AS "t31"
      ) AS "t32"
    ) AS "t44"
  ) AS "t45"
)
SELECT
  *
FROM (
  SELECT
    "t25"."customer_id" AS "customer_id",
    "t25"."entry_day" AS "entry_day",
    "t25"."entry_month" AS "entry_month",
    "t52"."action_day" AS "action_day",
    "t52"."action_month" AS "action_month",
    COALESCE("t52"."cost_fen", 0) AS "cost_fen",
    COALESCE("t52"."unpriced", 0) AS "unpriced",
    "t58"."output_day" AS "output_day",
    "t58"."output_month" AS "output_month",
    COALESCE("t58"."outputs", 0) AS "outputs",
    COALESCE("t58"."revenue_fen", 0) AS "revenue_fen"
  FROM (
    SELECT
      "t21"."customer_id" AS "customer_id",
      "t21"."local_day" AS "entry_day",
      "t21"."local_month" AS "entry_month"
    FROM "t19" AS "t21"
  ) AS "t25"
  LEFT OUTER JOIN (
    SELECT
      "t50"."customer_id" AS "customer_id",
      "t50"."entry" AS "entry",
      MIN("t50"."local_day") AS "action_day",
      MIN("t50"."local_month") AS "action_month",
      COALESCE(CAST(SUM("t50"."amount_fen") AS Nullable(Int64)), 0) AS "cost_fen",
      COALESCE(CAST(SUM("t50"."unknown") AS Nullable(Int64)), 0) AS "unpriced"
    FROM (
      SELECT
        *
      FROM "t46" AS "t47"
      WHERE
        "t47"."place" <> 1
        AND "t47"."entry" > -2147483648
        AND "t47"."place" = 2
        AND "t47"."local_day" <= (
          "t47"."entry" + 5
        )
    ) AS "t50"
    GROUP BY
      "t50"."customer_id",
      "t50"."entry"
  ) AS "t52"
    ON "t25"."customer_id" = "t52"."customer_id" AND "t25"."entry_day" = "t52"."entry"
  LEFT OUTER JOIN (
    SELECT
      "t56"."who" AS "who",
      "t56"."begun" AS "begun",
      MIN("t56"."day") AS "output_day",
      MIN("t56"."month") AS "output_month",
      COALESCE(CAST(SUM("t56"."number") AS Nullable(Int64)), 0) AS "outputs",
      COALESCE(CAST(SUM("t56"."amount_fen") AS Nullable(Int64)), 0) AS "revenue_fen"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t49"."who" AS "who",
          "t49"."begun" AS "begun",
          "t49"."day" AS "day",
          "t49"."month" AS "month",
          "t49"."amount_fen" AS "amount_fen",
          "t49"."number" AS "number",
          "t54"."customer_id" AS "customer_id",
          "t54"."entry_day" AS "entry_day",
          "t54"."entry_month" AS "entry_month",
          "t54"."action_day" AS "action_day",
          "t54"."action_month" AS "action_month",
          "t54"."cost_fen" AS "cost_fen",
          "t54"."unpriced" AS "unpriced"
        FROM (
          SELECT
            "t47"."customer_id" AS "who",
            "t47"."entry" AS "begun",
            "t47"."local_day" AS "day",
            "t47"."local_month" AS "month",
            "t47"."amount_fen" AS "amount_fen",
            "t47"."number" AS "number"
          FROM "t46" AS "t47"
          WHERE
            "t47"."place" <> 1 AND "t47"."entry" > -2147483648 AND "t47"."place" IN (0, 3)
        ) AS "t49"
        INNER JOIN (
          SELECT
            "t25"."customer_id" AS "customer_id",
            "t25"."entry_day" AS "entry_day",
            "t25"."entry_month" AS "entry_month",
            "t52"."action_day" AS "action_day",
            "t52"."action_month" AS "action_month",
            COALESCE("t52"."cost_fen", 0) AS "cost_fen",
            COALESCE("t52"."unpriced", 0) AS "unpriced"
          FROM (
            SELECT
              "t21"."customer_id" AS "customer_id",
              "t21"."local_day" AS "entry_day",
              "t21"."local_month" AS "entry_month"
            FROM "t19" AS "t21"
          ) AS "t25"
          LEFT OUTER JOIN (
            SELECT
              "t50"."customer_id" AS "customer_id",
              "t50"."entry" AS "entry",
              MIN("t50"."local_day") AS "action_day",
              MIN("t50"."local_month") AS "action_month",
              COALESCE(CAST(SUM("t50"."amount_fen") AS Nullable(Int64)), 0) AS "cost_fen",
              COALESCE(CAST(SUM("t50"."unknown") AS Nullable(Int64)), 0) AS "unpriced"
            FROM (
              SELECT
                *
              FROM "t46" AS "t47"
              WHERE
                "t47"."place" <> 1
                AND "t47"."entry" > -2147483648
                AND "t47"."place" = 2
                AND "t47"."local_day" <= (
                  "t47"."entry" + 5
                )
            ) AS "t50"
            GROUP BY
              "t50"."customer_id",
              "t50"."entry"
          ) AS "t52"
            ON "t25"."customer_id" = "t52"."customer_id" AND "t25"."entry_day" = "t52"."entry"
        ) AS "t54"
          ON "t49"."who" = "t54"."customer_id" AND "t49"."begun" = "t54"."entry_day"
      ) AS "t55"
      WHERE
        "t55"."day" >= COALESCE("t55"."action_day", "t55"."entry_day")
        AND "t55"."day" <= (
          COALESCE("t55"."action_day", "t55"."entry_day") + 20
        )
    ) AS "t56"
    GROUP BY
      "t56"."who",
      "t56"."begun"
  ) AS "t58"
    ON "t25"."customer_id" = "t58"."who" AND "t25"."entry_day" = "t58"."begun"
) AS "t59"
ORDER BY
  "t59"."customer_id" ASC,
  "t59"."entry_day" ASC
