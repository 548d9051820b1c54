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
)
SELECT
  "t51"."customer_id" AS "customer_id",
  "t51"."first_day" AS "first_day",
  "t51"."last_day" AS "last_day",
  "t51"."days" AS "days",
  "t51"."orders" AS "orders",
  "t51"."revenue_fen" AS "revenue_fen",
  "t51"."first_day_fen" AS "first_day_fen",
  "t51"."refunds_fen" AS "refunds_fen",
  "t51"."margin_mfen" AS "margin_mfen",
  COALESCE("t51"."channel", '') AS "channel"
FROM (
  SELECT
    "t50".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t39"."customer_id" AS "customer_id",
      "t39"."first_day" AS "first_day",
      "t39"."last_day" AS "last_day",
      "t39"."days" AS "days",
      "t39"."orders" AS "orders",
      "t39"."revenue_fen" AS "revenue_fen",
      "t39"."first_day_fen" AS "first_day_fen",
      "t39"."refunds_fen" AS "refunds_fen",
      "t39"."margin_mfen" AS "margin_mfen",
      "t49"."customer_id" AS "customer_id_right",
      "t49"."channel" AS "channel"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t29"."customer_id" AS "customer_id",
          MIN(
            CASE
              WHEN "t29"."orders" > 0
              THEN "t29"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "first_day",
          MAX(
            CASE
              WHEN "t29"."orders" > 0
              THEN "t29"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "last_day",
          COALESCE(CAST(SUM(CASE WHEN "t29"."orders" > 0 THEN 1 ELSE 0 END) AS Nullable(Int64)), 0) AS "days",
          COALESCE(CAST(SUM("t29"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t29"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          argMin(
            tuple("t29"."revenue_fen"),
            COALESCE(
              CASE
                WHEN "t29"."orders" > 0
                THEN "t29"."local_day"
                ELSE CAST(NULL AS Nullable(Int32))
              END,
              2147483647
            )
          ).1 AS "first_day_fen",
          COALESCE(CAST(SUM("t29"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t29"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
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
        ) AS "t29"
        GROUP BY
          "t29"."customer_id"
      ) AS "t34"
      WHERE
        "t34"."orders" > 0
    ) AS "t39"
    LEFT OUTER JOIN (
      SELECT
        "t47"."customer_id" AS "customer_id",
        CASE
          WHEN COALESCE("t47"."touch_at_ms" <= "t47"."first_ms", FALSE)
          AND (
            isNotNull("t47"."touch_channel") AND (
              "t47"."touch_channel" <> ''
            )
          )
          THEN "t47"."touch_channel"
          ELSE COALESCE("t47"."order_channel", '')
        END AS "channel"
      FROM (
        SELECT
          "t46".*
          EXCEPT ("customer_id_right")
        FROM (
          SELECT
            "t45"."customer_id" AS "customer_id",
            "t45"."first_ms" AS "first_ms",
            "t45"."first_day" AS "first_day",
            "t45"."order_at_ms" AS "order_at_ms",
            "t45"."order_channel" AS "order_channel",
            "t45"."order_campaign" AS "order_campaign",
            "t45"."order_distributor" AS "order_distributor",
            "t42"."customer_id" AS "customer_id_right",
            "t42"."touch_at_ms" AS "touch_at_ms",
            "t42"."touch_channel" AS "touch_channel",
            "t42"."touch_campaign" AS "touch_campaign",
            "t42"."touch_distributor" AS "touch_distributor"
          FROM (
            SELECT
              "t43".*
              EXCEPT ("customer_id_right")
            FROM (
              SELECT
                "t24"."customer_id" AS "customer_id",
                "t24"."first_ms" AS "first_ms",
                "t24"."first_day" AS "first_day",
                "t40"."customer_id" AS "customer_id_right",
                "t40"."order_at_ms" AS "order_at_ms",
                "t40"."order_channel" AS "order_channel",
                "t40"."order_campaign" AS "order_campaign",
                "t40"."order_distributor" AS "order_distributor"
              FROM (
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
              ) AS "t24"
              LEFT OUTER JOIN (
                SELECT
                  "t35"."customer_id" AS "customer_id",
                  "t35"."at_ms" AS "order_at_ms",
                  "t35"."channel" AS "order_channel",
                  "t35"."campaign" AS "order_campaign",
                  "t35"."distributor" AS "order_distributor"
                FROM (
                  SELECT
                    "t32"."customer_id" AS "customer_id",
                    MIN("t32"."at_ms") AS "at_ms",
                    argMin(tuple("t32"."channel"), "t32"."at_ms").1 AS "channel",
                    argMin(tuple("t32"."campaign"), "t32"."at_ms").1 AS "campaign",
                    argMin(tuple("t32"."distributor"), "t32"."at_ms").1 AS "distributor"
                  FROM (
                    SELECT
                      "t30"."customer_id" AS "customer_id",
                      "t30"."at_ms" AS "at_ms",
                      MIN("t30"."channel") AS "channel",
                      MIN("t30"."campaign") AS "campaign",
                      MIN("t30"."distributor") AS "distributor"
                    FROM (
                      SELECT
                        COALESCE("t5"."root", "t26"."subject_id") AS "customer_id",
                        "t26"."at_ms" AS "at_ms",
                        "t26"."channel" AS "channel",
                        "t26"."campaign" AS "campaign",
                        "t26"."distributor" AS "distributor"
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
                          CASE
                            WHEN position(COALESCE("t19"."payload", ''), '"campaign":"') > 0
                            THEN COALESCE(
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
                            )
                            ELSE ''
                          END AS "campaign",
                          CASE
                            WHEN position(COALESCE("t19"."payload", ''), '"distributor":"') > 0
                            THEN COALESCE(
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
                            )
                            ELSE ''
                          END AS "distributor"
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
                      "t30"."customer_id",
                      "t30"."at_ms"
                  ) AS "t32"
                  GROUP BY
                    "t32"."customer_id"
                ) AS "t35"
              ) AS "t40"
                ON "t24"."customer_id" = "t40"."customer_id"
            ) AS "t43"
          ) AS "t45"
          LEFT OUTER JOIN (
            SELECT
              "t36"."customer_id" AS "customer_id",
              "t36"."at_ms" AS "touch_at_ms",
              "t36"."channel" AS "touch_channel",
              "t36"."campaign" AS "touch_campaign",
              "t36"."distributor" AS "touch_distributor"
            FROM (
              SELECT
                "t33"."customer_id" AS "customer_id",
                MIN("t33"."at_ms") AS "at_ms",
                argMin(tuple("t33"."channel"), "t33"."at_ms").1 AS "channel",
                argMin(tuple("t33"."campaign"), "t33"."at_ms").1 AS "campaign",
                argMin(tuple("t33"."distributor"), "t33"."at_ms").1 AS "distributor"
              FROM (
                SELECT
                  "t31"."customer_id" AS "customer_id",
                  "t31"."at_ms" AS "at_ms",
                  MIN("t31"."channel") AS "channel",
                  MIN("t31"."campaign") AS "campaign",
                  MIN("t31"."distributor") AS "distributor"
                FROM (
                  SELECT
                    COALESCE("t5"."root", "t28"."subject_id") AS "customer_id",
                    "t28"."at_ms" AS "at_ms",
                    "t28"."channel" AS "channel",
                    "t28"."campaign" AS "campaign",
                    "t28"."distributor" AS "distributor"
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
                      CASE
                        WHEN position(COALESCE("t21"."payload", ''), '"campaign":"') > 0
                        THEN COALESCE(
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
                        )
                        ELSE ''
                      END AS "campaign",
                      CASE
                        WHEN position(COALESCE("t21"."payload", ''), '"distributor":"') > 0
                        THEN COALESCE(
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
                        )
                        ELSE ''
                      END AS "distributor"
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
                  "t31"."customer_id",
                  "t31"."at_ms"
              ) AS "t33"
              GROUP BY
                "t33"."customer_id"
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
