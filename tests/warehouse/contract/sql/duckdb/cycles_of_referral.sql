WITH "t19" AS (
  SELECT
    "t15"."customer_id",
    "t15"."local_day",
    MIN("t15"."local_month") AS "local_month"
  FROM (
    SELECT
      "t12"."customer_id",
      "t12"."customer_id" AS "doer",
      "t12"."fact_id",
      "t12"."local_day",
      "t12"."local_month",
      "t12"."amount_fen"
    FROM (
      SELECT
        COALESCE("t5"."root", "t6"."subject_id") AS "customer_id",
        "t6"."cause_id",
        "t6"."local_day",
        "t6"."local_month",
        "t6"."amount_fen",
        "t6"."fact_id"
      FROM (
        SELECT
          "t0"."subject_id",
          CAST(NULL AS BIGINT) AS "cause_id",
          "t0"."local_day",
          "t0"."local_month",
          "t0"."amount_fen",
          "t0"."id" AS "fact_id"
        FROM "touchpoints" AS "t0"
        WHERE
          "t0"."kind" IN ('order.paid')
          AND "t0"."subject_id" IS NOT NULL
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
    1,
    2
), "t46" AS (
  SELECT
    "t45"."customer_id",
    "t45"."local_day",
    "t45"."local_month",
    "t45"."anchor",
    "t45"."place",
    "t45"."amount_fen",
    "t45"."number",
    "t45"."unknown",
    "t45"."key",
    "t45"."begins",
    MAX("t45"."begins") OVER (
      PARTITION BY "t45"."customer_id"
      ORDER BY "t45"."key" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS "entry"
  FROM (
    SELECT
      "t44"."customer_id",
      "t44"."local_day",
      "t44"."local_month",
      "t44"."anchor",
      "t44"."place",
      "t44"."amount_fen",
      "t44"."number",
      "t44"."unknown",
      (
        CAST("t44"."anchor" AS BIGINT) * 4
      ) + "t44"."place" AS "key",
      CASE WHEN "t44"."place" = 1 THEN "t44"."local_day" ELSE -2147483648 END AS "begins"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t42"."customer_id",
          "t42"."local_day",
          "t42"."local_month",
          "t42"."anchor",
          3 AS "place",
          "t42"."amount_fen",
          "t42"."number",
          "t42"."unknown"
        FROM (
          SELECT
            "t41"."customer_id",
            "t41"."anchor",
            MIN("t41"."local_day") AS "local_day",
            MIN("t41"."local_month") AS "local_month",
            COALESCE(CAST(SUM("t41"."amount_fen") AS BIGINT), 0) AS "amount_fen",
            COALESCE(CAST(SUM("t41"."unknown") AS BIGINT), 0) AS "unknown",
            COUNT(*) AS "number"
          FROM (
            SELECT
              "t40"."customer_id",
              "t40"."doer",
              "t40"."anchor",
              MIN("t40"."local_day") AS "local_day",
              MIN("t40"."local_month") AS "local_month",
              COALESCE(CAST(SUM("t40"."amount_fen") AS BIGINT), 0) AS "amount_fen",
              COALESCE(CAST(SUM(CASE WHEN "t40"."amount_fen" IS NULL THEN 1 ELSE 0 END) AS BIGINT), 0) AS "unknown"
            FROM (
              SELECT
                "t39"."customer_id",
                "t39"."doer",
                "t39"."fact_id",
                "t39"."local_day",
                "t39"."local_month",
                "t39"."amount_fen",
                "t39"."local_day" AS "anchor"
              FROM (
                SELECT
                  COALESCE("t5"."root", "t38"."subject_id") AS "customer_id",
                  "t38"."doer",
                  "t38"."fact_id",
                  "t38"."local_day",
                  "t38"."local_month",
                  "t38"."amount_fen"
                FROM (
                  SELECT
                    "t36"."customer_id" AS "doer",
                    "t36"."fact_id",
                    "t36"."local_day",
                    "t36"."local_month",
                    "t36"."amount_fen",
                    "t36"."cause_id" AS "subject_id"
                  FROM (
                    SELECT
                      COALESCE("t5"."root", "t35"."subject_id") AS "customer_id",
                      "t35"."cause_id",
                      "t35"."local_day",
                      "t35"."local_month",
                      "t35"."amount_fen",
                      "t35"."fact_id"
                    FROM (
                      SELECT
                        "t33"."subject_id",
                        "t33"."cause_id",
                        "t33"."local_day",
                        "t33"."local_month",
                        CASE
                          WHEN "t33"."left_fen" IS NULL
                          THEN "t33"."amount_fen"
                          ELSE CASE WHEN "t33"."id" = "t33"."first_id" THEN "t33"."left_fen" ELSE 0 END
                        END AS "amount_fen",
                        "t33"."id" AS "fact_id"
                      FROM (
                        SELECT
                          "t10"."id",
                          "t10"."source",
                          "t10"."kind",
                          "t10"."channel",
                          "t10"."subject_id",
                          "t10"."occurred_ms",
                          "t10"."local_day",
                          "t10"."local_month",
                          "t10"."amount_fen",
                          "t10"."quantity",
                          "t10"."bucket",
                          "t10"."payload",
                          "t10"."cause_id",
                          "t10"."ref",
                          "t30"."first_id",
                          "t30"."its_source",
                          "t30"."its_ref",
                          "t30"."left_fen"
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
                            CAST(NULLIF(
                              REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"origin":(-?[0-9]{1,18})[,}]', 1),
                              ''
                            ) AS BIGINT) AS "cause_id",
                            CASE
                              WHEN CONTAINS(COALESCE("t0"."payload", ''), '"order":"')
                              THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"order":"((?:[^"\\]|\\.)*)"', 1), '')
                              ELSE ''
                            END AS "ref"
                          FROM "touchpoints" AS "t0"
                          WHERE
                            "t0"."kind" IN ('member.joined')
                            AND "t0"."subject_id" IS NOT NULL
                            AND "t0"."local_day" <= 19740
                        ) AS "t10"
                        LEFT OUTER JOIN (
                          SELECT
                            "t18"."first_id",
                            "t18"."source" AS "its_source",
                            "t18"."ref" AS "its_ref",
                            "t18"."paid_fen" - "t27"."back_fen" AS "left_fen"
                          FROM (
                            SELECT
                              "t11"."source",
                              "t11"."ref",
                              COALESCE(CAST(SUM("t11"."amount_fen") AS BIGINT), 0) AS "paid_fen",
                              MIN("t11"."id") AS "first_id"
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
                                CAST(NULLIF(
                                  REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"origin":(-?[0-9]{1,18})[,}]', 1),
                                  ''
                                ) AS BIGINT) AS "cause_id",
                                CASE
                                  WHEN CONTAINS(COALESCE("t0"."payload", ''), '"order":"')
                                  THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"order":"((?:[^"\\]|\\.)*)"', 1), '')
                                  ELSE ''
                                END AS "ref"
                              FROM "touchpoints" AS "t0"
                              WHERE
                                "t0"."kind" IN ('member.joined')
                                AND "t0"."subject_id" IS NOT NULL
                                AND "t0"."local_day" <= 19740
                                AND CASE
                                  WHEN CONTAINS(COALESCE("t0"."payload", ''), '"order":"')
                                  THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"order":"((?:[^"\\]|\\.)*)"', 1), '')
                                  ELSE ''
                                END <> ''
                            ) AS "t11"
                            GROUP BY
                              1,
                              2
                          ) AS "t18"
                          INNER JOIN (
                            SELECT
                              *
                            FROM (
                              SELECT
                                "t14"."source",
                                "t14"."ref",
                                COALESCE(CAST(SUM("t14"."amount_fen") AS BIGINT), 0) AS "back_fen"
                              FROM (
                                SELECT
                                  *
                                FROM (
                                  SELECT
                                    "t0"."source",
                                    "t0"."amount_fen",
                                    CASE
                                      WHEN CONTAINS(COALESCE("t0"."payload", ''), '"order":"')
                                      THEN COALESCE(REGEXP_EXTRACT(COALESCE("t0"."payload", ''), '"order":"((?:[^"\\]|\\.)*)"', 1), '')
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
                                1,
                                2
                            ) AS "t20"
                            WHERE
                              "t20"."back_fen" > 0
                          ) AS "t27"
                            ON "t18"."source" = "t27"."source" AND "t18"."ref" = "t27"."ref"
                        ) AS "t30"
                          ON "t10"."source" = "t30"."its_source" AND "t10"."ref" = "t30"."its_ref"
                      ) AS "t33"
                      WHERE
                        (
                          "t33"."left_fen" IS NULL
                        ) OR (
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
                    "t36"."cause_id" IS NOT NULL
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
              1,
              2,
              3
          ) AS "t41"
          GROUP BY
            1,
            2
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
            "t21"."customer_id",
            "t21"."local_day",
            "t21"."local_month",
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
            "t29"."customer_id",
            "t29"."local_day",
            "t29"."local_month",
            "t29"."anchor",
            2 AS "place",
            "t29"."amount_fen",
            "t29"."number",
            "t29"."unknown"
          FROM (
            SELECT
              "t26"."customer_id",
              "t26"."anchor",
              MIN("t26"."local_day") AS "local_day",
              MIN("t26"."local_month") AS "local_month",
              COALESCE(CAST(SUM("t26"."amount_fen") AS BIGINT), 0) AS "amount_fen",
              COALESCE(CAST(SUM("t26"."unknown") AS BIGINT), 0) AS "unknown",
              COUNT(*) AS "number"
            FROM (
              SELECT
                "t16"."customer_id",
                "t16"."doer",
                "t16"."anchor",
                MIN("t16"."local_day") AS "local_day",
                MIN("t16"."local_month") AS "local_month",
                COALESCE(CAST(SUM("t16"."amount_fen") AS BIGINT), 0) AS "amount_fen",
                COALESCE(CAST(SUM(CASE WHEN "t16"."amount_fen" IS NULL THEN 1 ELSE 0 END) AS BIGINT), 0) AS "unknown"
              FROM (
                SELECT
                  "t13"."customer_id",
                  "t13"."customer_id" AS "doer",
                  "t13"."fact_id",
                  "t13"."local_day",
                  "t13"."local_month",
                  "t13"."amount_fen",
                  "t13"."local_day" AS "anchor"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t7"."subject_id") AS "customer_id",
                    "t7"."cause_id",
                    "t7"."local_day",
                    "t7"."local_month",
                    "t7"."amount_fen",
                    "t7"."fact_id"
                  FROM (
                    SELECT
                      "t0"."subject_id",
                      CAST(NULL AS BIGINT) AS "cause_id",
                      "t0"."local_day",
                      "t0"."local_month",
                      "t0"."amount_fen",
                      "t0"."id" AS "fact_id"
                    FROM "touchpoints" AS "t0"
                    WHERE
                      "t0"."kind" IN ('code.scanned')
                      AND "t0"."subject_id" IS NOT NULL
                      AND "t0"."local_day" <= 19740
                      AND COALESCE(CONTAINS("t0"."payload", '"code":"friend"'), FALSE)
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
                1,
                2,
                3
            ) AS "t26"
            GROUP BY
              1,
              2
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
    "t25"."customer_id",
    "t25"."entry_day",
    "t25"."entry_month",
    "t52"."action_day",
    "t52"."action_month",
    COALESCE("t52"."cost_fen", 0) AS "cost_fen",
    COALESCE("t52"."unpriced", 0) AS "unpriced",
    "t58"."output_day",
    "t58"."output_month",
    COALESCE("t58"."outputs", 0) AS "outputs",
    COALESCE("t58"."revenue_fen", 0) AS "revenue_fen"
  FROM (
    SELECT
      "t21"."customer_id",
      "t21"."local_day" AS "entry_day",
      "t21"."local_month" AS "entry_month"
    FROM "t19" AS "t21"
  ) AS "t25"
  LEFT OUTER JOIN (
    SELECT
      "t50"."customer_id",
      "t50"."entry",
      MIN("t50"."local_day") AS "action_day",
      MIN("t50"."local_month") AS "action_month",
      COALESCE(CAST(SUM("t50"."amount_fen") AS BIGINT), 0) AS "cost_fen",
      COALESCE(CAST(SUM("t50"."unknown") AS BIGINT), 0) AS "unpriced"
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
      1,
      2
  ) AS "t52"
    ON "t25"."customer_id" = "t52"."customer_id" AND "t25"."entry_day" = "t52"."entry"
  LEFT OUTER JOIN (
    SELECT
      "t56"."who",
      "t56"."begun",
      MIN("t56"."day") AS "output_day",
      MIN("t56"."month") AS "output_month",
      COALESCE(CAST(SUM("t56"."number") AS BIGINT), 0) AS "outputs",
      COALESCE(CAST(SUM("t56"."amount_fen") AS BIGINT), 0) AS "revenue_fen"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t49"."who",
          "t49"."begun",
          "t49"."day",
          "t49"."month",
          "t49"."amount_fen",
          "t49"."number",
          "t54"."customer_id",
          "t54"."entry_day",
          "t54"."entry_month",
          "t54"."action_day",
          "t54"."action_month",
          "t54"."cost_fen",
          "t54"."unpriced"
        FROM (
          SELECT
            "t47"."customer_id" AS "who",
            "t47"."entry" AS "begun",
            "t47"."local_day" AS "day",
            "t47"."local_month" AS "month",
            "t47"."amount_fen",
            "t47"."number"
          FROM "t46" AS "t47"
          WHERE
            "t47"."place" <> 1 AND "t47"."entry" > -2147483648 AND "t47"."place" IN (0, 3)
        ) AS "t49"
        INNER JOIN (
          SELECT
            "t25"."customer_id",
            "t25"."entry_day",
            "t25"."entry_month",
            "t52"."action_day",
            "t52"."action_month",
            COALESCE("t52"."cost_fen", 0) AS "cost_fen",
            COALESCE("t52"."unpriced", 0) AS "unpriced"
          FROM (
            SELECT
              "t21"."customer_id",
              "t21"."local_day" AS "entry_day",
              "t21"."local_month" AS "entry_month"
            FROM "t19" AS "t21"
          ) AS "t25"
          LEFT OUTER JOIN (
            SELECT
              "t50"."customer_id",
              "t50"."entry",
              MIN("t50"."local_day") AS "action_day",
              MIN("t50"."local_month") AS "action_month",
              COALESCE(CAST(SUM("t50"."amount_fen") AS BIGINT), 0) AS "cost_fen",
              COALESCE(CAST(SUM("t50"."unknown") AS BIGINT), 0) AS "unpriced"
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
              1,
              2
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
      1,
      2
  ) AS "t58"
    ON "t25"."customer_id" = "t58"."who" AND "t25"."entry_day" = "t58"."begun"
) AS "t59"
ORDER BY
  "t59"."customer_id" ASC,
  "t59"."entry_day" ASC
