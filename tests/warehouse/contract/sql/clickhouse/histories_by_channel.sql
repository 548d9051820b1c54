WITH "t4" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."local_day" <= 19723
    AND isNotNull("t0"."subject_id")
    AND "t0"."kind" = 'order.paid'
), "t7" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    "t0"."local_day" <= 19723
    AND isNotNull("t0"."subject_id")
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
      startsWith("t0"."kind", 'order.')
    )
    AND (
      (
        isNotNull("t0"."channel") AND (
          "t0"."channel" <> ''
        )
      )
      OR (
        position("t0"."payload", '"campaign":"') > 0
      )
    )
), "t22" AS (
  SELECT
    "t20"."customer_id" AS "customer_id",
    MIN("t20"."first_ms") AS "first_ms",
    MIN("t20"."first_day") AS "first_day"
  FROM (
    SELECT
      COALESCE("t5"."root", "t14"."subject_id") AS "customer_id",
      "t14"."first_ms" AS "first_ms",
      "t14"."first_day" AS "first_day"
    FROM (
      SELECT
        "t6"."subject_id" AS "subject_id",
        MIN("t6"."occurred_ms") AS "first_ms",
        MIN("t6"."local_day") AS "first_day"
      FROM "t4" AS "t6"
      GROUP BY
        "t6"."subject_id"
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
    "t20"."customer_id"
)
SELECT
  "t63"."customer_id" AS "customer_id",
  "t63"."first_day" AS "first_day",
  "t63"."last_day" AS "last_day",
  "t63"."days" AS "days",
  "t63"."orders" AS "orders",
  "t63"."revenue_fen" AS "revenue_fen",
  "t63"."first_day_fen" AS "first_day_fen",
  "t63"."refunds_fen" AS "refunds_fen",
  "t63"."margin_mfen" AS "margin_mfen",
  COALESCE("t63"."channel", '') AS "channel"
FROM (
  SELECT
    "t62".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t41"."customer_id" AS "customer_id",
      "t41"."first_day" AS "first_day",
      "t41"."last_day" AS "last_day",
      "t41"."days" AS "days",
      "t41"."orders" AS "orders",
      "t41"."revenue_fen" AS "revenue_fen",
      "t41"."first_day_fen" AS "first_day_fen",
      "t41"."refunds_fen" AS "refunds_fen",
      "t41"."margin_mfen" AS "margin_mfen",
      "t61"."customer_id" AS "customer_id_right",
      "t61"."channel" AS "channel"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t31"."customer_id" AS "customer_id",
          MIN(
            CASE
              WHEN "t31"."orders" > 0
              THEN "t31"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "first_day",
          MAX(
            CASE
              WHEN "t31"."orders" > 0
              THEN "t31"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "last_day",
          COALESCE(CAST(SUM(CASE WHEN "t31"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
          COALESCE(CAST(SUM("t31"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t31"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          argMin(
            tuple("t31"."revenue_fen"),
            COALESCE(
              CASE
                WHEN "t31"."orders" > 0
                THEN "t31"."local_day"
                ELSE CAST(NULL AS Nullable(Int32))
              END,
              2147483647
            )
          ).1 AS "first_day_fen",
          COALESCE(CAST(SUM("t31"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t31"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
        FROM (
          SELECT
            "t23"."customer_id" AS "customer_id",
            "t23"."local_day" AS "local_day",
            COALESCE(CAST(SUM("t23"."orders") AS Nullable(Int64)), 0) AS "orders",
            COALESCE(CAST(SUM("t23"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
            COALESCE(CAST(SUM("t23"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
            COALESCE(CAST(SUM("t23"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
          FROM (
            SELECT
              COALESCE("t5"."root", "t18"."subject_id") AS "customer_id",
              "t18"."local_day" AS "local_day",
              "t18"."orders" AS "orders",
              "t18"."revenue_fen" AS "revenue_fen",
              "t18"."refunds_fen" AS "refunds_fen",
              "t18"."margin_mfen" AS "margin_mfen"
            FROM (
              SELECT
                "t3"."subject_id" AS "subject_id",
                "t3"."local_day" AS "local_day",
                COALESCE(
                  CAST(SUM(CASE WHEN "t3"."kind" = 'order.paid' THEN 1 ELSE 0 END) AS Nullable(Int64)),
                  0
                ) AS "orders",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.paid'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS Nullable(Int64))
                    END
                  ) AS Nullable(Int64)),
                  0
                ) AS "revenue_fen",
                COALESCE(
                  CAST(SUM(
                    CASE
                      WHEN "t3"."kind" = 'order.refunded'
                      THEN "t3"."amount_fen"
                      ELSE CAST(NULL AS Nullable(Int64))
                    END
                  ) AS Nullable(Int64)),
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
                  ) AS Nullable(Int64)),
                  0
                ) AS "margin_mfen"
              FROM (
                SELECT
                  *
                FROM "touchpoints" AS "t0"
                WHERE
                  "t0"."kind" IN ('order.paid', 'order.refunded')
                  AND isNotNull("t0"."subject_id")
                  AND "t0"."local_day" <= 19723
              ) AS "t3"
              GROUP BY
                "t3"."subject_id",
                "t3"."local_day"
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
            "t23"."customer_id",
            "t23"."local_day"
        ) AS "t31"
        GROUP BY
          "t31"."customer_id"
      ) AS "t37"
      WHERE
        "t37"."orders" > 0
    ) AS "t41"
    LEFT OUTER JOIN (
      SELECT
        "t59"."customer_id" AS "customer_id",
        CASE
          WHEN isNotNull("t59"."touch_channel") AND (
            "t59"."touch_channel" <> ''
          )
          THEN "t59"."touch_channel"
          ELSE COALESCE("t59"."order_channel", '')
        END AS "channel"
      FROM (
        SELECT
          "t58".*
          EXCEPT ("customer_id_right")
        FROM (
          SELECT
            "t57"."customer_id" AS "customer_id",
            "t57"."first_ms" AS "first_ms",
            "t57"."first_day" AS "first_day",
            "t57"."order_channel" AS "order_channel",
            "t57"."order_campaign" AS "order_campaign",
            "t57"."order_distributor" AS "order_distributor",
            "t54"."customer_id" AS "customer_id_right",
            "t54"."touch_channel" AS "touch_channel",
            "t54"."touch_campaign" AS "touch_campaign",
            "t54"."touch_distributor" AS "touch_distributor"
          FROM (
            SELECT
              "t55".*
              EXCEPT ("customer_id_right")
            FROM (
              SELECT
                "t25"."customer_id" AS "customer_id",
                "t25"."first_ms" AS "first_ms",
                "t25"."first_day" AS "first_day",
                "t52"."customer_id" AS "customer_id_right",
                "t52"."order_channel" AS "order_channel",
                "t52"."order_campaign" AS "order_campaign",
                "t52"."order_distributor" AS "order_distributor"
              FROM "t22" AS "t25"
              LEFT OUTER JOIN (
                SELECT
                  "t49"."customer_id" AS "customer_id",
                  "t49"."channel" AS "order_channel",
                  "t49"."campaign" AS "order_campaign",
                  "t49"."distributor" AS "order_distributor"
                FROM (
                  SELECT
                    "t35"."customer_id" AS "customer_id",
                    "t35"."channel" AS "channel",
                    "t35"."campaign" AS "campaign",
                    "t35"."distributor" AS "distributor"
                  FROM (
                    SELECT
                      "t32"."customer_id" AS "customer_id",
                      "t32"."at_ms" AS "at_ms",
                      MIN("t32"."channel") AS "channel",
                      MIN("t32"."campaign") AS "campaign",
                      MIN("t32"."distributor") AS "distributor"
                    FROM (
                      SELECT
                        COALESCE("t5"."root", "t28"."subject_id") AS "customer_id",
                        "t28"."at_ms" AS "at_ms",
                        "t28"."channel" AS "channel",
                        "t28"."campaign" AS "campaign",
                        "t28"."distributor" AS "distributor"
                      FROM (
                        SELECT
                          "t19"."subject_id" AS "subject_id",
                          "t19"."at_ms" AS "at_ms",
                          CASE
                            WHEN startsWith("t19"."kind", 'order.') AND (
                              COALESCE("t19"."channel", '') = ''
                            )
                            THEN COALESCE("t19"."source", '')
                            ELSE COALESCE("t19"."channel", '')
                          END AS "channel",
                          COALESCE(
                            CASE
                              WHEN notEmpty(
                                extractGroups(
                                  CAST(COALESCE("t19"."payload", '') AS String),
                                  CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                              )
                              THEN extractGroups(
                                CAST(COALESCE("t19"."payload", '') AS String),
                                CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                              )[2]
                              ELSE NULL
                            END,
                            ''
                          ) AS "campaign",
                          COALESCE(
                            CASE
                              WHEN notEmpty(
                                extractGroups(
                                  CAST(COALESCE("t19"."payload", '') AS String),
                                  CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                              )
                              THEN extractGroups(
                                CAST(COALESCE("t19"."payload", '') AS String),
                                CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                              )[2]
                              ELSE NULL
                            END,
                            ''
                          ) AS "distributor"
                        FROM (
                          SELECT
                            "t8"."id" AS "id",
                            "t8"."source" AS "source",
                            "t8"."kind" AS "kind",
                            "t8"."channel" AS "channel",
                            "t8"."subject_id" AS "subject_id",
                            "t8"."occurred_ms" AS "occurred_ms",
                            "t8"."local_day" AS "local_day",
                            "t8"."local_month" AS "local_month",
                            "t8"."amount_fen" AS "amount_fen",
                            "t8"."quantity" AS "quantity",
                            "t8"."bucket" AS "bucket",
                            "t8"."payload" AS "payload",
                            "t13"."at_ms" AS "at_ms"
                          FROM "t4" AS "t8"
                          INNER JOIN (
                            SELECT
                              "t6"."subject_id" AS "subject_id",
                              MIN("t6"."occurred_ms") AS "at_ms"
                            FROM "t4" AS "t6"
                            GROUP BY
                              "t6"."subject_id"
                          ) AS "t13"
                            ON "t8"."subject_id" = "t13"."subject_id"
                        ) AS "t19"
                        WHERE
                          "t19"."occurred_ms" = "t19"."at_ms"
                      ) AS "t28"
                      LEFT OUTER JOIN (
                        SELECT
                          "t1"."subject_id" AS "mapped_subject",
                          "t1"."customer_id" AS "root"
                        FROM "subject_map" AS "t1"
                      ) AS "t5"
                        ON "t28"."subject_id" = "t5"."mapped_subject"
                    ) AS "t32"
                    GROUP BY
                      "t32"."customer_id",
                      "t32"."at_ms"
                  ) AS "t35"
                  INNER JOIN (
                    SELECT
                      "t43"."customer_id" AS "customer_id",
                      MIN("t43"."at_ms") AS "earliest_ms"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t35"."customer_id" AS "customer_id",
                          "t35"."at_ms" AS "at_ms",
                          "t35"."channel" AS "channel",
                          "t35"."campaign" AS "campaign",
                          "t35"."distributor" AS "distributor",
                          "t26"."first_ms" AS "first_ms",
                          "t26"."first_day" AS "first_day"
                        FROM (
                          SELECT
                            "t32"."customer_id" AS "customer_id",
                            "t32"."at_ms" AS "at_ms",
                            MIN("t32"."channel") AS "channel",
                            MIN("t32"."campaign") AS "campaign",
                            MIN("t32"."distributor") AS "distributor"
                          FROM (
                            SELECT
                              COALESCE("t5"."root", "t28"."subject_id") AS "customer_id",
                              "t28"."at_ms" AS "at_ms",
                              "t28"."channel" AS "channel",
                              "t28"."campaign" AS "campaign",
                              "t28"."distributor" AS "distributor"
                            FROM (
                              SELECT
                                "t19"."subject_id" AS "subject_id",
                                "t19"."at_ms" AS "at_ms",
                                CASE
                                  WHEN startsWith("t19"."kind", 'order.') AND (
                                    COALESCE("t19"."channel", '') = ''
                                  )
                                  THEN COALESCE("t19"."source", '')
                                  ELSE COALESCE("t19"."channel", '')
                                END AS "channel",
                                COALESCE(
                                  CASE
                                    WHEN notEmpty(
                                      extractGroups(
                                        CAST(COALESCE("t19"."payload", '') AS String),
                                        CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                      )[2]
                                    )
                                    THEN extractGroups(
                                      CAST(COALESCE("t19"."payload", '') AS String),
                                      CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                    )[2]
                                    ELSE NULL
                                  END,
                                  ''
                                ) AS "campaign",
                                COALESCE(
                                  CASE
                                    WHEN notEmpty(
                                      extractGroups(
                                        CAST(COALESCE("t19"."payload", '') AS String),
                                        CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                      )[2]
                                    )
                                    THEN extractGroups(
                                      CAST(COALESCE("t19"."payload", '') AS String),
                                      CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                    )[2]
                                    ELSE NULL
                                  END,
                                  ''
                                ) AS "distributor"
                              FROM (
                                SELECT
                                  "t8"."id" AS "id",
                                  "t8"."source" AS "source",
                                  "t8"."kind" AS "kind",
                                  "t8"."channel" AS "channel",
                                  "t8"."subject_id" AS "subject_id",
                                  "t8"."occurred_ms" AS "occurred_ms",
                                  "t8"."local_day" AS "local_day",
                                  "t8"."local_month" AS "local_month",
                                  "t8"."amount_fen" AS "amount_fen",
                                  "t8"."quantity" AS "quantity",
                                  "t8"."bucket" AS "bucket",
                                  "t8"."payload" AS "payload",
                                  "t13"."at_ms" AS "at_ms"
                                FROM "t4" AS "t8"
                                INNER JOIN (
                                  SELECT
                                    "t6"."subject_id" AS "subject_id",
                                    MIN("t6"."occurred_ms") AS "at_ms"
                                  FROM "t4" AS "t6"
                                  GROUP BY
                                    "t6"."subject_id"
                                ) AS "t13"
                                  ON "t8"."subject_id" = "t13"."subject_id"
                              ) AS "t19"
                              WHERE
                                "t19"."occurred_ms" = "t19"."at_ms"
                            ) AS "t28"
                            LEFT OUTER JOIN (
                              SELECT
                                "t1"."subject_id" AS "mapped_subject",
                                "t1"."customer_id" AS "root"
                              FROM "subject_map" AS "t1"
                            ) AS "t5"
                              ON "t28"."subject_id" = "t5"."mapped_subject"
                          ) AS "t32"
                          GROUP BY
                            "t32"."customer_id",
                            "t32"."at_ms"
                        ) AS "t35"
                        INNER JOIN "t22" AS "t26"
                          ON "t35"."customer_id" = "t26"."customer_id"
                      ) AS "t40"
                      WHERE
                        "t40"."at_ms" <= "t40"."first_ms"
                    ) AS "t43"
                    GROUP BY
                      "t43"."customer_id"
                  ) AS "t46"
                    ON "t35"."customer_id" = "t46"."customer_id" AND "t35"."at_ms" = "t46"."earliest_ms"
                ) AS "t49"
              ) AS "t52"
                ON "t25"."customer_id" = "t52"."customer_id"
            ) AS "t55"
          ) AS "t57"
          LEFT OUTER JOIN (
            SELECT
              "t50"."customer_id" AS "customer_id",
              "t50"."channel" AS "touch_channel",
              "t50"."campaign" AS "touch_campaign",
              "t50"."distributor" AS "touch_distributor"
            FROM (
              SELECT
                "t38"."customer_id" AS "customer_id",
                "t38"."channel" AS "channel",
                "t38"."campaign" AS "campaign",
                "t38"."distributor" AS "distributor"
              FROM (
                SELECT
                  "t33"."customer_id" AS "customer_id",
                  "t33"."at_ms" AS "at_ms",
                  MIN("t33"."channel") AS "channel",
                  MIN("t33"."campaign") AS "campaign",
                  MIN("t33"."distributor") AS "distributor"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t30"."subject_id") AS "customer_id",
                    "t30"."at_ms" AS "at_ms",
                    "t30"."channel" AS "channel",
                    "t30"."campaign" AS "campaign",
                    "t30"."distributor" AS "distributor"
                  FROM (
                    SELECT
                      "t21"."subject_id" AS "subject_id",
                      "t21"."at_ms" AS "at_ms",
                      CASE
                        WHEN startsWith("t21"."kind", 'order.') AND (
                          COALESCE("t21"."channel", '') = ''
                        )
                        THEN COALESCE("t21"."source", '')
                        ELSE COALESCE("t21"."channel", '')
                      END AS "channel",
                      COALESCE(
                        CASE
                          WHEN notEmpty(
                            extractGroups(
                              CAST(COALESCE("t21"."payload", '') AS String),
                              CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                            )[2]
                          )
                          THEN extractGroups(
                            CAST(COALESCE("t21"."payload", '') AS String),
                            CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                          )[2]
                          ELSE NULL
                        END,
                        ''
                      ) AS "campaign",
                      COALESCE(
                        CASE
                          WHEN notEmpty(
                            extractGroups(
                              CAST(COALESCE("t21"."payload", '') AS String),
                              CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                            )[2]
                          )
                          THEN extractGroups(
                            CAST(COALESCE("t21"."payload", '') AS String),
                            CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                          )[2]
                          ELSE NULL
                        END,
                        ''
                      ) AS "distributor"
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
                        "t16"."at_ms" AS "at_ms"
                      FROM "t7" AS "t10"
                      INNER JOIN (
                        SELECT
                          "t9"."subject_id" AS "subject_id",
                          MIN("t9"."occurred_ms") AS "at_ms"
                        FROM "t7" AS "t9"
                        GROUP BY
                          "t9"."subject_id"
                      ) AS "t16"
                        ON "t10"."subject_id" = "t16"."subject_id"
                    ) AS "t21"
                    WHERE
                      "t21"."occurred_ms" = "t21"."at_ms"
                  ) AS "t30"
                  LEFT OUTER JOIN (
                    SELECT
                      "t1"."subject_id" AS "mapped_subject",
                      "t1"."customer_id" AS "root"
                    FROM "subject_map" AS "t1"
                  ) AS "t5"
                    ON "t30"."subject_id" = "t5"."mapped_subject"
                ) AS "t33"
                GROUP BY
                  "t33"."customer_id",
                  "t33"."at_ms"
              ) AS "t38"
              INNER JOIN (
                SELECT
                  "t44"."customer_id" AS "customer_id",
                  MIN("t44"."at_ms") AS "earliest_ms"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t38"."customer_id" AS "customer_id",
                      "t38"."at_ms" AS "at_ms",
                      "t38"."channel" AS "channel",
                      "t38"."campaign" AS "campaign",
                      "t38"."distributor" AS "distributor",
                      "t26"."first_ms" AS "first_ms",
                      "t26"."first_day" AS "first_day"
                    FROM (
                      SELECT
                        "t33"."customer_id" AS "customer_id",
                        "t33"."at_ms" AS "at_ms",
                        MIN("t33"."channel") AS "channel",
                        MIN("t33"."campaign") AS "campaign",
                        MIN("t33"."distributor") AS "distributor"
                      FROM (
                        SELECT
                          COALESCE("t5"."root", "t30"."subject_id") AS "customer_id",
                          "t30"."at_ms" AS "at_ms",
                          "t30"."channel" AS "channel",
                          "t30"."campaign" AS "campaign",
                          "t30"."distributor" AS "distributor"
                        FROM (
                          SELECT
                            "t21"."subject_id" AS "subject_id",
                            "t21"."at_ms" AS "at_ms",
                            CASE
                              WHEN startsWith("t21"."kind", 'order.') AND (
                                COALESCE("t21"."channel", '') = ''
                              )
                              THEN COALESCE("t21"."source", '')
                              ELSE COALESCE("t21"."channel", '')
                            END AS "channel",
                            COALESCE(
                              CASE
                                WHEN notEmpty(
                                  extractGroups(
                                    CAST(COALESCE("t21"."payload", '') AS String),
                                    CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                  )[2]
                                )
                                THEN extractGroups(
                                  CAST(COALESCE("t21"."payload", '') AS String),
                                  CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                                ELSE NULL
                              END,
                              ''
                            ) AS "campaign",
                            COALESCE(
                              CASE
                                WHEN notEmpty(
                                  extractGroups(
                                    CAST(COALESCE("t21"."payload", '') AS String),
                                    CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                  )[2]
                                )
                                THEN extractGroups(
                                  CAST(COALESCE("t21"."payload", '') AS String),
                                  CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                                ELSE NULL
                              END,
                              ''
                            ) AS "distributor"
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
                              "t16"."at_ms" AS "at_ms"
                            FROM "t7" AS "t10"
                            INNER JOIN (
                              SELECT
                                "t9"."subject_id" AS "subject_id",
                                MIN("t9"."occurred_ms") AS "at_ms"
                              FROM "t7" AS "t9"
                              GROUP BY
                                "t9"."subject_id"
                            ) AS "t16"
                              ON "t10"."subject_id" = "t16"."subject_id"
                          ) AS "t21"
                          WHERE
                            "t21"."occurred_ms" = "t21"."at_ms"
                        ) AS "t30"
                        LEFT OUTER JOIN (
                          SELECT
                            "t1"."subject_id" AS "mapped_subject",
                            "t1"."customer_id" AS "root"
                          FROM "subject_map" AS "t1"
                        ) AS "t5"
                          ON "t30"."subject_id" = "t5"."mapped_subject"
                      ) AS "t33"
                      GROUP BY
                        "t33"."customer_id",
                        "t33"."at_ms"
                    ) AS "t38"
                    INNER JOIN "t22" AS "t26"
                      ON "t38"."customer_id" = "t26"."customer_id"
                  ) AS "t42"
                  WHERE
                    "t42"."at_ms" <= "t42"."first_ms"
                ) AS "t44"
                GROUP BY
                  "t44"."customer_id"
              ) AS "t48"
                ON "t38"."customer_id" = "t48"."customer_id" AND "t38"."at_ms" = "t48"."earliest_ms"
            ) AS "t50"
          ) AS "t54"
            ON "t57"."customer_id" = "t54"."customer_id"
        ) AS "t58"
      ) AS "t59"
    ) AS "t61"
      ON "t41"."customer_id" = "t61"."customer_id"
  ) AS "t62"
) AS "t63"
ORDER BY
  "t63"."customer_id" ASC
