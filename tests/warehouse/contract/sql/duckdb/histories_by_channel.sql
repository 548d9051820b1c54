WITH "t4" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."local_day" <= 19723
    AND "t0"."subject_id" IS NOT NULL
    AND "t0"."kind" = 'order.paid'
), "t7" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."local_day" <= 19723
    AND "t0"."subject_id" IS NOT NULL
    AND NOT (
      "t0"."kind" IN (
        'customer.merged',
        'customer.unmerged',
        'message.sent',
        'preference.stated',
        'profile.updated',
        'segment.entered',
        'segment.left',
        'tag.added',
        'tag.removed'
      )
    )
    AND NOT (
      STARTS_WITH("t0"."kind", 'order.')
    )
    AND (
      (
        (
          "t0"."channel" IS NOT NULL
        ) AND (
          "t0"."channel" <> ''
        )
      )
      OR CONTAINS("t0"."payload", '"campaign":"')
    )
)
SELECT
  "t51"."customer_id",
  "t51"."first_day",
  "t51"."last_day",
  "t51"."days",
  "t51"."orders",
  "t51"."revenue_fen",
  "t51"."first_day_fen",
  "t51"."refunds_fen",
  "t51"."margin_mfen",
  COALESCE("t51"."channel", '') AS "channel"
FROM (
  SELECT
    "t50".*
    EXCLUDE ("customer_id_right")
  FROM (
    SELECT
      "t39"."customer_id",
      "t39"."first_day",
      "t39"."last_day",
      "t39"."days",
      "t39"."orders",
      "t39"."revenue_fen",
      "t39"."first_day_fen",
      "t39"."refunds_fen",
      "t39"."margin_mfen",
      "t49"."customer_id" AS "customer_id_right",
      "t49"."channel"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t29"."customer_id",
          MIN(CASE WHEN "t29"."orders" > 0 THEN "t29"."local_day" ELSE CAST(NULL AS INT) END) AS "first_day",
          MAX(CASE WHEN "t29"."orders" > 0 THEN "t29"."local_day" ELSE CAST(NULL AS INT) END) AS "last_day",
          COALESCE(CAST(SUM(CASE WHEN "t29"."orders" > 0 THEN 1 ELSE 0 END) AS BIGINT), 0) AS "days",
          COALESCE(CAST(SUM("t29"."orders") AS BIGINT), 0) AS "orders",
          COALESCE(CAST(SUM("t29"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
          FIRST(
            "t29"."revenue_fen" ORDER BY COALESCE(
              CASE WHEN "t29"."orders" > 0 THEN "t29"."local_day" ELSE CAST(NULL AS INT) END,
              2147483647
            )
          ) AS "first_day_fen",
          COALESCE(CAST(SUM("t29"."refunds_fen") AS BIGINT), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t29"."margin_mfen") AS BIGINT), 0) AS "margin_mfen"
        FROM (
          SELECT
            "t23"."customer_id",
            "t23"."local_day",
            COALESCE(CAST(SUM("t23"."orders") AS BIGINT), 0) AS "orders",
            COALESCE(CAST(SUM("t23"."revenue_fen") AS BIGINT), 0) AS "revenue_fen",
            COALESCE(CAST(SUM("t23"."refunds_fen") AS BIGINT), 0) AS "refunds_fen",
            COALESCE(CAST(SUM("t23"."margin_mfen") AS BIGINT), 0) AS "margin_mfen"
          FROM (
            SELECT
              COALESCE("t5"."root", "t18"."subject_id") AS "customer_id",
              "t18"."local_day",
              "t18"."orders",
              "t18"."revenue_fen",
              "t18"."refunds_fen",
              "t18"."margin_mfen"
            FROM (
              SELECT
                "t3"."subject_id",
                "t3"."local_day",
                COALESCE(CAST(SUM(CASE WHEN "t3"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS BIGINT), 0) AS "orders",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.paid'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS BIGINT)
                    END
                  ) AS BIGINT),
                  0
                ) AS "revenue_fen",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.refunded'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS BIGINT)
                    END
                  ) AS BIGINT),
                  0
                ) AS "refunds_fen",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.paid'
                      THEN "t3"."amount_fen"
                      ELSE -(
                        "t3"."amount_fen"
                      )
                    END * 1000
                  ) AS BIGINT),
                  0
                ) AS "margin_mfen"
              FROM (
                SELECT
                  *
                FROM "touchpoints" AS "t0"
                WHERE
                  "t0"."kind" IN ('order.paid', 'order.refunded')
                  AND "t0"."subject_id" IS NOT NULL
                  AND "t0"."local_day" <= 19723
              ) AS "t3"
              GROUP BY
                1,
                2
            ) AS "t18"
            LEFT OUTER JOIN (
              SELECT
                "t1"."subject_id" AS "mapped_subject",
                "t1"."customer_id" AS "root"
              FROM "subject_map" AS "t1"
            ) AS "t5"
              ON "t18"."subject_id" = "t5"."mapped_subject"
          ) AS "t23"
          GROUP BY
            1,
            2
        ) AS "t29"
        GROUP BY
          1
      ) AS "t34"
      WHERE
        "t34"."orders" > 0
    ) AS "t39"
    LEFT OUTER JOIN (
      SELECT
        "t47"."customer_id",
        CASE
          WHEN COALESCE("t47"."touch_at_ms" <= "t47"."first_ms", FALSE)
          AND (
            (
              "t47"."touch_channel" IS NOT NULL
            ) AND (
              "t47"."touch_channel" <> ''
            )
          )
          THEN "t47"."touch_channel"
          ELSE COALESCE("t47"."order_channel", '')
        END AS "channel"
      FROM (
        SELECT
          "t46".*
          EXCLUDE ("customer_id_right")
        FROM (
          SELECT
            "t45"."customer_id",
            "t45"."first_ms",
            "t45"."first_day",
            "t45"."order_at_ms",
            "t45"."order_channel",
            "t45"."order_campaign",
            "t45"."order_distributor",
            "t42"."customer_id" AS "customer_id_right",
            "t42"."touch_at_ms",
            "t42"."touch_channel",
            "t42"."touch_campaign",
            "t42"."touch_distributor"
          FROM (
            SELECT
              "t43".*
              EXCLUDE ("customer_id_right")
            FROM (
              SELECT
                "t24"."customer_id",
                "t24"."first_ms",
                "t24"."first_day",
                "t40"."customer_id" AS "customer_id_right",
                "t40"."order_at_ms",
                "t40"."order_channel",
                "t40"."order_campaign",
                "t40"."order_distributor"
              FROM (
                SELECT
                  "t20"."customer_id",
                  MIN("t20"."first_ms") AS "first_ms",
                  MIN("t20"."first_day") AS "first_day"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t14"."subject_id") AS "customer_id",
                    "t14"."first_ms",
                    "t14"."first_day"
                  FROM (
                    SELECT
                      "t6"."subject_id",
                      MIN("t6"."occurred_ms") AS "first_ms",
                      MIN("t6"."local_day") AS "first_day"
                    FROM "t4" AS "t6"
                    GROUP BY
                      1
                  ) AS "t14"
                  LEFT OUTER JOIN (
                    SELECT
                      "t1"."subject_id" AS "mapped_subject",
                      "t1"."customer_id" AS "root"
                    FROM "subject_map" AS "t1"
                  ) AS "t5"
                    ON "t14"."subject_id" = "t5"."mapped_subject"
                ) AS "t20"
                GROUP BY
                  1
              ) AS "t24"
              LEFT OUTER JOIN (
                SELECT
                  "t35"."customer_id",
                  "t35"."at_ms" AS "order_at_ms",
                  "t35"."channel" AS "order_channel",
                  "t35"."campaign" AS "order_campaign",
                  "t35"."distributor" AS "order_distributor"
                FROM (
                  SELECT
                    "t32"."customer_id",
                    MIN("t32"."at_ms") AS "at_ms",
                    FIRST("t32"."channel" ORDER BY "t32"."at_ms") AS "channel",
                    FIRST("t32"."campaign" ORDER BY "t32"."at_ms") AS "campaign",
                    FIRST("t32"."distributor" ORDER BY "t32"."at_ms") AS "distributor"
                  FROM (
                    SELECT
                      "t30"."customer_id",
                      "t30"."at_ms",
                      MIN("t30"."channel") AS "channel",
                      MIN("t30"."campaign") AS "campaign",
                      MIN("t30"."distributor") AS "distributor"
                    FROM (
                      SELECT
                        COALESCE("t5"."root", "t26"."subject_id") AS "customer_id",
                        "t26"."at_ms",
                        "t26"."channel",
                        "t26"."campaign",
                        "t26"."distributor"
                      FROM (
                        SELECT
                          "t19"."subject_id",
                          "t19"."at_ms",
                          CASE
                            WHEN STARTS_WITH("t19"."kind", 'order.') AND (
                              COALESCE("t19"."channel", '') = ''
                            )
                            THEN COALESCE("t19"."source", '')
                            ELSE COALESCE("t19"."channel", '')
                          END AS "channel",
                          CASE
                            WHEN CONTAINS(COALESCE("t19"."payload", ''), '"campaign":"')
                            THEN COALESCE(
                              REGEXP_EXTRACT(COALESCE("t19"."payload", ''), '"campaign":"((?:[^"\\]|\\.)*)"', 1),
                              ''
                            )
                            ELSE ''
                          END AS "campaign",
                          CASE
                            WHEN CONTAINS(COALESCE("t19"."payload", ''), '"distributor":"')
                            THEN COALESCE(
                              REGEXP_EXTRACT(COALESCE("t19"."payload", ''), '"distributor":"((?:[^"\\]|\\.)*)"', 1),
                              ''
                            )
                            ELSE ''
                          END AS "distributor"
                        FROM (
                          SELECT
                            "t8"."id",
                            "t8"."source",
                            "t8"."kind",
                            "t8"."channel",
                            "t8"."subject_id",
                            "t8"."occurred_ms",
                            "t8"."local_day",
                            "t8"."local_month",
                            "t8"."amount_fen",
                            "t8"."quantity",
                            "t8"."bucket",
                            "t8"."payload",
                            "t13"."at_ms"
                          FROM "t4" AS "t8"
                          INNER JOIN (
                            SELECT
                              "t6"."subject_id",
                              MIN("t6"."occurred_ms") AS "at_ms"
                            FROM "t4" AS "t6"
                            GROUP BY
                              1
                          ) AS "t13"
                            ON "t8"."subject_id" = "t13"."subject_id"
                        ) AS "t19"
                        WHERE
                          "t19"."occurred_ms" = "t19"."at_ms"
                      ) AS "t26"
                      LEFT OUTER JOIN (
                        SELECT
                          "t1"."subject_id" AS "mapped_subject",
                          "t1"."customer_id" AS "root"
                        FROM "subject_map" AS "t1"
                      ) AS "t5"
                        ON "t26"."subject_id" = "t5"."mapped_subject"
                    ) AS "t30"
                    GROUP BY
                      1,
                      2
                  ) AS "t32"
                  GROUP BY
                    1
                ) AS "t35"
              ) AS "t40"
                ON "t24"."customer_id" = "t40"."customer_id"
            ) AS "t43"
          ) AS "t45"
          LEFT OUTER JOIN (
            SELECT
              "t36"."customer_id",
              "t36"."at_ms" AS "touch_at_ms",
              "t36"."channel" AS "touch_channel",
              "t36"."campaign" AS "touch_campaign",
              "t36"."distributor" AS "touch_distributor"
            FROM (
              SELECT
                "t33"."customer_id",
                MIN("t33"."at_ms") AS "at_ms",
                FIRST("t33"."channel" ORDER BY "t33"."at_ms") AS "channel",
                FIRST("t33"."campaign" ORDER BY "t33"."at_ms") AS "campaign",
                FIRST("t33"."distributor" ORDER BY "t33"."at_ms") AS "distributor"
              FROM (
                SELECT
                  "t31"."customer_id",
                  "t31"."at_ms",
                  MIN("t31"."channel") AS "channel",
                  MIN("t31"."campaign") AS "campaign",
                  MIN("t31"."distributor") AS "distributor"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t28"."subject_id") AS "customer_id",
                    "t28"."at_ms",
                    "t28"."channel",
                    "t28"."campaign",
                    "t28"."distributor"
                  FROM (
                    SELECT
                      "t21"."subject_id",
                      "t21"."at_ms",
                      CASE
                        WHEN STARTS_WITH("t21"."kind", 'order.') AND (
                          COALESCE("t21"."channel", '') = ''
                        )
                        THEN COALESCE("t21"."source", '')
                        ELSE COALESCE("t21"."channel", '')
                      END AS "channel",
                      CASE
                        WHEN CONTAINS(COALESCE("t21"."payload", ''), '"campaign":"')
                        THEN COALESCE(
                          REGEXP_EXTRACT(COALESCE("t21"."payload", ''), '"campaign":"((?:[^"\\]|\\.)*)"', 1),
                          ''
                        )
                        ELSE ''
                      END AS "campaign",
                      CASE
                        WHEN CONTAINS(COALESCE("t21"."payload", ''), '"distributor":"')
                        THEN COALESCE(
                          REGEXP_EXTRACT(COALESCE("t21"."payload", ''), '"distributor":"((?:[^"\\]|\\.)*)"', 1),
                          ''
                        )
                        ELSE ''
                      END AS "distributor"
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
                        "t16"."at_ms"
                      FROM "t7" AS "t10"
                      INNER JOIN (
                        SELECT
                          "t9"."subject_id",
                          MIN("t9"."occurred_ms") AS "at_ms"
                        FROM "t7" AS "t9"
                        GROUP BY
                          1
                      ) AS "t16"
                        ON "t10"."subject_id" = "t16"."subject_id"
                    ) AS "t21"
                    WHERE
                      "t21"."occurred_ms" = "t21"."at_ms"
                  ) AS "t28"
                  LEFT OUTER JOIN (
                    SELECT
                      "t1"."subject_id" AS "mapped_subject",
                      "t1"."customer_id" AS "root"
                    FROM "subject_map" AS "t1"
                  ) AS "t5"
                    ON "t28"."subject_id" = "t5"."mapped_subject"
                ) AS "t31"
                GROUP BY
                  1,
                  2
              ) AS "t33"
              GROUP BY
                1
            ) AS "t36"
          ) AS "t42"
            ON "t45"."customer_id" = "t42"."customer_id"
        ) AS "t46"
      ) AS "t47"
    ) AS "t49"
      ON "t39"."customer_id" = "t49"."customer_id"
  ) AS "t50"
) AS "t51"
ORDER BY
  "t51"."customer_id" ASC
