WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    isNotNull("t0"."subject_id") AND "t0"."kind" = 'order.paid'
), "t9" AS (
  SELECT
    *
  FROM "touchpoints" AS "t0"
  WHERE
    isNotNull("t0"."subject_id")
    AND NOT (
      "t0"."kind" IN (
        'customer.merged',
        'customer.unmerged',
        'message.delivered',
        'message.failed',
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
  *
FROM (
  SELECT
    "t43"."channel" AS "channel",
    COUNT(*) AS "customers",
    COALESCE(CAST(SUM("t43"."orders") AS Nullable(Int64)), 0) AS "orders",
    COALESCE(CAST(SUM("t43"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
  FROM (
    SELECT
      "t32"."customer_id" AS "customer_id",
      "t32"."first_day" AS "first_day",
      "t32"."last_day" AS "last_day",
      "t32"."days" AS "days",
      "t32"."orders" AS "orders",
      "t32"."revenue_fen" AS "revenue_fen",
      "t32"."first_day_fen" AS "first_day_fen",
      "t32"."refunds_fen" AS "refunds_fen",
      "t32"."margin_mfen" AS "margin_mfen",
      "t42"."channel" AS "channel"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t22"."customer_id" AS "customer_id",
          MIN(
            CASE
              WHEN "t22"."orders" > 0
              THEN "t22"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "first_day",
          MAX(
            CASE
              WHEN "t22"."orders" > 0
              THEN "t22"."local_day"
              ELSE CAST(NULL AS Nullable(Int32))
            END
          ) AS "last_day",
          COUNT(CASE WHEN "t22"."orders" > 0 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "days",
          COALESCE(CAST(SUM("t22"."orders") AS Nullable(Int64)), 0) AS "orders",
          COALESCE(CAST(SUM("t22"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
          argMin(
            tuple("t22"."revenue_fen"),
            COALESCE(
              CASE
                WHEN "t22"."orders" > 0
                THEN "t22"."local_day"
                ELSE CAST(NULL AS Nullable(Int32))
              END,
              2147483647
            )
          ).1 AS "first_day_fen",
          COALESCE(CAST(SUM("t22"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
          COALESCE(CAST(SUM("t22"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
        FROM (
          SELECT
            "t19"."customer_id" AS "customer_id",
            "t19"."local_day" AS "local_day",
            "t19"."orders" AS "orders",
            "t19"."revenue_fen" AS "revenue_fen",
            "t19"."refunds_fen" AS "refunds_fen",
            (
              "t19"."revenue_fen" - "t19"."refunds_fen"
            ) * 1000 AS "margin_mfen"
          FROM (
            SELECT
              "t14"."customer_id" AS "customer_id",
              "t14"."local_day" AS "local_day",
              COUNT(
                CASE WHEN "t14"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
              ) AS "orders",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t14"."kind" = 'order.paid'
                    THEN "t14"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "revenue_fen",
              COALESCE(
                CAST(SUM(
                  CASE
                    WHEN "t14"."kind" = 'order.refunded'
                    THEN "t14"."amount_fen"
                    ELSE CAST(NULL AS Nullable(Int64))
                  END
                ) AS Nullable(Int64)),
                0
              ) AS "refunds_fen"
            FROM (
              SELECT
                COALESCE("t7"."root", "t5"."subject_id") AS "customer_id",
                "t5"."local_day" AS "local_day",
                "t5"."kind" AS "kind",
                "t5"."amount_fen" AS "amount_fen"
              FROM (
                SELECT
                  "t0"."subject_id" AS "subject_id",
                  "t0"."local_day" AS "local_day",
                  "t0"."kind" AS "kind",
                  "t0"."amount_fen" AS "amount_fen"
                FROM "touchpoints" AS "t0"
                WHERE
                  "t0"."kind" IN ('order.paid', 'order.refunded')
                  AND isNotNull("t0"."subject_id")
                  AND "t0"."local_day" <= 19723
              ) AS "t5"
              LEFT OUTER JOIN (
                SELECT
                  "t1"."subject_id" AS "mapped_subject",
                  "t1"."customer_id" AS "root"
                FROM "subject_map" AS "t1"
                WHERE
                  "t1"."customer_id" <> "t1"."subject_id"
              ) AS "t7"
                ON "t5"."subject_id" = "t7"."mapped_subject"
            ) AS "t14"
            GROUP BY
              "t14"."customer_id",
              "t14"."local_day"
          ) AS "t19"
        ) AS "t22"
        GROUP BY
          "t22"."customer_id"
      ) AS "t27"
      WHERE
        "t27"."orders" > 0
    ) AS "t32"
    INNER JOIN (
      SELECT
        "t40"."customer_id" AS "customer_id",
        CASE
          WHEN COALESCE("t40"."touch_at_ms" <= "t40"."first_ms", FALSE)
          AND (
            isNotNull("t40"."touch_channel") AND (
              "t40"."touch_channel" <> ''
            )
          )
          THEN "t40"."touch_channel"
          ELSE "t40"."order_channel"
        END AS "channel"
      FROM (
        SELECT
          "t39".*
          EXCEPT ("customer_id_right")
        FROM (
          SELECT
            "t35"."customer_id" AS "customer_id",
            "t35"."first_ms" AS "first_ms",
            "t35"."first_day" AS "first_day",
            "t35"."order_channel" AS "order_channel",
            "t35"."order_campaign" AS "order_campaign",
            "t35"."order_distributor" AS "order_distributor",
            "t38"."customer_id" AS "customer_id_right",
            "t38"."touch_at_ms" AS "touch_at_ms",
            "t38"."touch_channel" AS "touch_channel",
            "t38"."touch_campaign" AS "touch_campaign",
            "t38"."touch_distributor" AS "touch_distributor"
          FROM (
            SELECT
              "t31"."customer_id" AS "customer_id",
              "t31"."at_ms" AS "first_ms",
              "t31"."local_day" AS "first_day",
              "t31"."channel" AS "order_channel",
              "t31"."campaign" AS "order_campaign",
              "t31"."distributor" AS "order_distributor"
            FROM (
              SELECT
                "t28"."customer_id" AS "customer_id",
                MIN("t28"."at_ms") AS "at_ms",
                MIN("t28"."local_day") AS "local_day",
                argMin(tuple("t28"."channel"), "t28"."at_ms").1 AS "channel",
                argMin(tuple("t28"."campaign"), "t28"."at_ms").1 AS "campaign",
                argMin(tuple("t28"."distributor"), "t28"."at_ms").1 AS "distributor"
              FROM (
                SELECT
                  "t25"."customer_id" AS "customer_id",
                  "t25"."at_ms" AS "at_ms",
                  MIN("t25"."local_day") AS "local_day",
                  MIN("t25"."channel") AS "channel",
                  MIN("t25"."campaign") AS "campaign",
                  MIN("t25"."distributor") AS "distributor"
                FROM (
                  SELECT
                    COALESCE("t7"."root", "t21"."subject_id") AS "customer_id",
                    "t21"."at_ms" AS "at_ms",
                    "t21"."local_day" AS "local_day",
                    "t21"."channel" AS "channel",
                    "t21"."campaign" AS "campaign",
                    "t21"."distributor" AS "distributor"
                  FROM (
                    SELECT
                      "t17"."subject_id" AS "subject_id",
                      "t17"."at_ms" AS "at_ms",
                      "t17"."local_day" AS "local_day",
                      CASE
                        WHEN startsWith("t17"."kind", 'order.') AND (
                          COALESCE("t17"."channel", '') = ''
                        )
                        THEN COALESCE("t17"."source", '')
                        ELSE COALESCE("t17"."channel", '')
                      END AS "channel",
                      CASE
                        WHEN position(COALESCE("t17"."payload", ''), '"campaign":"') > 0
                        THEN COALESCE(
                          CASE
                            WHEN notEmpty(
                              extractGroups(
                                CAST(COALESCE("t17"."payload", '') AS String),
                                CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                              )[2]
                            )
                            THEN extractGroups(
                              CAST(COALESCE("t17"."payload", '') AS String),
                              CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                            )[2]
                            ELSE NULL
                          END,
                          ''
                        )
                        ELSE ''
                      END AS "campaign",
                      CASE
                        WHEN position(COALESCE("t17"."payload", ''), '"distributor":"') > 0
                        THEN COALESCE(
                          CASE
                            WHEN notEmpty(
                              extractGroups(
                                CAST(COALESCE("t17"."payload", '') AS String),
                                CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                              )[2]
                            )
                            THEN extractGroups(
                              CAST(COALESCE("t17"."payload", '') AS String),
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
                      FROM "t3" AS "t8"
                      INNER JOIN (
                        SELECT
                          "t6"."subject_id" AS "subject_id",
                          MIN("t6"."occurred_ms") AS "at_ms"
                        FROM "t3" AS "t6"
                        GROUP BY
                          "t6"."subject_id"
                      ) AS "t13"
                        ON "t8"."subject_id" = "t13"."subject_id"
                    ) AS "t17"
                    WHERE
                      "t17"."occurred_ms" = "t17"."at_ms"
                  ) AS "t21"
                  LEFT OUTER JOIN (
                    SELECT
                      "t1"."subject_id" AS "mapped_subject",
                      "t1"."customer_id" AS "root"
                    FROM "subject_map" AS "t1"
                    WHERE
                      "t1"."customer_id" <> "t1"."subject_id"
                  ) AS "t7"
                    ON "t21"."subject_id" = "t7"."mapped_subject"
                ) AS "t25"
                GROUP BY
                  "t25"."customer_id",
                  "t25"."at_ms"
              ) AS "t28"
              GROUP BY
                "t28"."customer_id"
            ) AS "t31"
          ) AS "t35"
          LEFT OUTER JOIN (
            SELECT
              "t36"."customer_id" AS "customer_id",
              "t36"."at_ms" AS "touch_at_ms",
              "t36"."channel" AS "touch_channel",
              "t36"."campaign" AS "touch_campaign",
              "t36"."distributor" AS "touch_distributor"
            FROM (
              SELECT
                "t34".*
                EXCEPT ("local_day")
              FROM (
                SELECT
                  "t29"."customer_id" AS "customer_id",
                  MIN("t29"."at_ms") AS "at_ms",
                  MIN("t29"."local_day") AS "local_day",
                  argMin(tuple("t29"."channel"), "t29"."at_ms").1 AS "channel",
                  argMin(tuple("t29"."campaign"), "t29"."at_ms").1 AS "campaign",
                  argMin(tuple("t29"."distributor"), "t29"."at_ms").1 AS "distributor"
                FROM (
                  SELECT
                    "t26"."customer_id" AS "customer_id",
                    "t26"."at_ms" AS "at_ms",
                    MIN("t26"."local_day") AS "local_day",
                    MIN("t26"."channel") AS "channel",
                    MIN("t26"."campaign") AS "campaign",
                    MIN("t26"."distributor") AS "distributor"
                  FROM (
                    SELECT
                      COALESCE("t7"."root", "t24"."subject_id") AS "customer_id",
                      "t24"."at_ms" AS "at_ms",
                      "t24"."local_day" AS "local_day",
                      "t24"."channel" AS "channel",
                      "t24"."campaign" AS "campaign",
                      "t24"."distributor" AS "distributor"
                    FROM (
                      SELECT
                        "t18"."subject_id" AS "subject_id",
                        "t18"."at_ms" AS "at_ms",
                        "t18"."local_day" AS "local_day",
                        CASE
                          WHEN startsWith("t18"."kind", 'order.') AND (
                            COALESCE("t18"."channel", '') = ''
                          )
                          THEN COALESCE("t18"."source", '')
                          ELSE COALESCE("t18"."channel", '')
                        END AS "channel",
                        CASE
                          WHEN position(COALESCE("t18"."payload", ''), '"campaign":"') > 0
                          THEN COALESCE(
                            CASE
                              WHEN notEmpty(
                                extractGroups(
                                  CAST(COALESCE("t18"."payload", '') AS String),
                                  CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                              )
                              THEN extractGroups(
                                CAST(COALESCE("t18"."payload", '') AS String),
                                CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                              )[2]
                              ELSE NULL
                            END,
                            ''
                          )
                          ELSE ''
                        END AS "campaign",
                        CASE
                          WHEN position(COALESCE("t18"."payload", ''), '"distributor":"') > 0
                          THEN COALESCE(
                            CASE
                              WHEN notEmpty(
                                extractGroups(
                                  CAST(COALESCE("t18"."payload", '') AS String),
                                  CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                                )[2]
                              )
                              THEN extractGroups(
                                CAST(COALESCE("t18"."payload", '') AS String),
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
                          "t12"."id" AS "id",
                          "t12"."source" AS "source",
                          "t12"."kind" AS "kind",
                          "t12"."channel" AS "channel",
                          "t12"."subject_id" AS "subject_id",
                          "t12"."occurred_ms" AS "occurred_ms",
                          "t12"."local_day" AS "local_day",
                          "t12"."local_month" AS "local_month",
                          "t12"."amount_fen" AS "amount_fen",
                          "t12"."quantity" AS "quantity",
                          "t12"."bucket" AS "bucket",
                          "t12"."payload" AS "payload",
                          "t16"."at_ms" AS "at_ms"
                        FROM "t9" AS "t12"
                        INNER JOIN (
                          SELECT
                            "t10"."subject_id" AS "subject_id",
                            MIN("t10"."occurred_ms") AS "at_ms"
                          FROM "t9" AS "t10"
                          GROUP BY
                            "t10"."subject_id"
                        ) AS "t16"
                          ON "t12"."subject_id" = "t16"."subject_id"
                      ) AS "t18"
                      WHERE
                        "t18"."occurred_ms" = "t18"."at_ms"
                    ) AS "t24"
                    LEFT OUTER JOIN (
                      SELECT
                        "t1"."subject_id" AS "mapped_subject",
                        "t1"."customer_id" AS "root"
                      FROM "subject_map" AS "t1"
                      WHERE
                        "t1"."customer_id" <> "t1"."subject_id"
                    ) AS "t7"
                      ON "t24"."subject_id" = "t7"."mapped_subject"
                  ) AS "t26"
                  GROUP BY
                    "t26"."customer_id",
                    "t26"."at_ms"
                ) AS "t29"
                GROUP BY
                  "t29"."customer_id"
              ) AS "t34"
            ) AS "t36"
          ) AS "t38"
            ON "t35"."customer_id" = "t38"."customer_id"
        ) AS "t39"
      ) AS "t40"
    ) AS "t42"
      ON "t32"."customer_id" = "t42"."customer_id"
  ) AS "t43"
  GROUP BY
    "t43"."channel"
) AS "t44"
ORDER BY
  "t44"."channel" ASC
