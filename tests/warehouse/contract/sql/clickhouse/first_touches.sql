WITH "t4" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    isNotNull("t1"."subject_id") AND "t1"."kind" = 'order.paid'
), "t6" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    isNotNull("t1"."subject_id")
    AND NOT (
      "t1"."kind" IN (
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
      startsWith("t1"."kind", 'order.')
    )
    AND (
      (
        isNotNull("t1"."channel") AND (
          "t1"."channel" <> ''
        )
      )
      OR (
        position("t1"."payload", '"campaign":"') > 0
      )
    )
)
SELECT
  "t39"."customer_id" AS "customer_id",
  "t39"."first_day" AS "first_day",
  CASE
    WHEN COALESCE("t39"."touch_at_ms" <= "t39"."first_ms", FALSE)
    AND (
      isNotNull("t39"."touch_channel") AND (
        "t39"."touch_channel" <> ''
      )
    )
    THEN "t39"."touch_channel"
    ELSE COALESCE("t39"."order_channel", '')
  END AS "channel",
  CASE
    WHEN COALESCE("t39"."touch_at_ms" <= "t39"."first_ms", FALSE)
    THEN "t39"."touch_campaign"
    ELSE COALESCE("t39"."order_campaign", '')
  END AS "campaign",
  CASE
    WHEN COALESCE("t39"."touch_at_ms" <= "t39"."first_ms", FALSE)
    THEN "t39"."touch_distributor"
    ELSE COALESCE("t39"."order_distributor", '')
  END AS "distributor",
  CASE
    WHEN COALESCE("t39"."touch_at_ms" <= "t39"."first_ms", FALSE)
    THEN 1
    WHEN isNotNull("t39"."order_channel") AND (
      "t39"."order_channel" <> ''
    )
    THEN 2
    ELSE 0
  END AS "told"
FROM (
  SELECT
    "t38".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t37"."customer_id" AS "customer_id",
      "t37"."first_ms" AS "first_ms",
      "t37"."first_day" AS "first_day",
      "t37"."order_at_ms" AS "order_at_ms",
      "t37"."order_channel" AS "order_channel",
      "t37"."order_campaign" AS "order_campaign",
      "t37"."order_distributor" AS "order_distributor",
      "t34"."customer_id" AS "customer_id_right",
      "t34"."touch_at_ms" AS "touch_at_ms",
      "t34"."touch_channel" AS "touch_channel",
      "t34"."touch_campaign" AS "touch_campaign",
      "t34"."touch_distributor" AS "touch_distributor"
    FROM (
      SELECT
        "t35".*
        EXCEPT ("customer_id_right")
      FROM (
        SELECT
          "t20"."customer_id" AS "customer_id",
          "t20"."first_ms" AS "first_ms",
          "t20"."first_day" AS "first_day",
          "t32"."customer_id" AS "customer_id_right",
          "t32"."order_at_ms" AS "order_at_ms",
          "t32"."order_channel" AS "order_channel",
          "t32"."order_campaign" AS "order_campaign",
          "t32"."order_distributor" AS "order_distributor"
        FROM (
          SELECT
            "t17"."customer_id" AS "customer_id",
            MIN("t17"."first_ms") AS "first_ms",
            MIN("t17"."first_day") AS "first_day"
          FROM (
            SELECT
              COALESCE("t3"."root", "t13"."subject_id") AS "customer_id",
              "t13"."first_ms" AS "first_ms",
              "t13"."first_day" AS "first_day"
            FROM (
              SELECT
                "t5"."subject_id" AS "subject_id",
                MIN("t5"."occurred_ms") AS "first_ms",
                MIN("t5"."local_day") AS "first_day"
              FROM "t4" AS "t5"
              GROUP BY
                "t5"."subject_id"
            ) AS "t13"
            LEFT OUTER JOIN (
              SELECT
                "t0"."subject_id" AS "mapped_subject",
                "t0"."customer_id" AS "root"
              FROM "subject_map" AS "t0"
            ) AS "t3"
              ON "t13"."subject_id" = "t3"."mapped_subject"
          ) AS "t17"
          GROUP BY
            "t17"."customer_id"
        ) AS "t20"
        LEFT OUTER JOIN (
          SELECT
            "t29"."customer_id" AS "customer_id",
            "t29"."at_ms" AS "order_at_ms",
            "t29"."channel" AS "order_channel",
            "t29"."campaign" AS "order_campaign",
            "t29"."distributor" AS "order_distributor"
          FROM (
            SELECT
              "t27"."customer_id" AS "customer_id",
              MIN("t27"."at_ms") AS "at_ms",
              argMin(tuple("t27"."channel"), "t27"."at_ms").1 AS "channel",
              argMin(tuple("t27"."campaign"), "t27"."at_ms").1 AS "campaign",
              argMin(tuple("t27"."distributor"), "t27"."at_ms").1 AS "distributor"
            FROM (
              SELECT
                "t25"."customer_id" AS "customer_id",
                "t25"."at_ms" AS "at_ms",
                MIN("t25"."channel") AS "channel",
                MIN("t25"."campaign") AS "campaign",
                MIN("t25"."distributor") AS "distributor"
              FROM (
                SELECT
                  COALESCE("t3"."root", "t22"."subject_id") AS "customer_id",
                  "t22"."at_ms" AS "at_ms",
                  "t22"."channel" AS "channel",
                  "t22"."campaign" AS "campaign",
                  "t22"."distributor" AS "distributor"
                FROM (
                  SELECT
                    "t16"."subject_id" AS "subject_id",
                    "t16"."at_ms" AS "at_ms",
                    CASE
                      WHEN startsWith("t16"."kind", 'order.') AND (
                        COALESCE("t16"."channel", '') = ''
                      )
                      THEN COALESCE("t16"."source", '')
                      ELSE COALESCE("t16"."channel", '')
                    END AS "channel",
                    CASE
                      WHEN position(COALESCE("t16"."payload", ''), '"campaign":"') > 0
                      THEN COALESCE(
                        CASE
                          WHEN notEmpty(
                            extractGroups(
                              CAST(COALESCE("t16"."payload", '') AS String),
                              CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                            )[2]
                          )
                          THEN extractGroups(
                            CAST(COALESCE("t16"."payload", '') AS String),
                            CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                          )[2]
                          ELSE NULL
                        END,
                        ''
                      )
                      ELSE ''
                    END AS "campaign",
                    CASE
                      WHEN position(COALESCE("t16"."payload", ''), '"distributor":"') > 0
                      THEN COALESCE(
                        CASE
                          WHEN notEmpty(
                            extractGroups(
                              CAST(COALESCE("t16"."payload", '') AS String),
                              CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                            )[2]
                          )
                          THEN extractGroups(
                            CAST(COALESCE("t16"."payload", '') AS String),
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
                      "t7"."id" AS "id",
                      "t7"."source" AS "source",
                      "t7"."kind" AS "kind",
                      "t7"."channel" AS "channel",
                      "t7"."subject_id" AS "subject_id",
                      "t7"."occurred_ms" AS "occurred_ms",
                      "t7"."local_day" AS "local_day",
                      "t7"."local_month" AS "local_month",
                      "t7"."amount_fen" AS "amount_fen",
                      "t7"."quantity" AS "quantity",
                      "t7"."bucket" AS "bucket",
                      "t7"."payload" AS "payload",
                      "t12"."at_ms" AS "at_ms"
                    FROM "t4" AS "t7"
                    INNER JOIN (
                      SELECT
                        "t5"."subject_id" AS "subject_id",
                        MIN("t5"."occurred_ms") AS "at_ms"
                      FROM "t4" AS "t5"
                      GROUP BY
                        "t5"."subject_id"
                    ) AS "t12"
                      ON "t7"."subject_id" = "t12"."subject_id"
                  ) AS "t16"
                  WHERE
                    "t16"."occurred_ms" = "t16"."at_ms"
                ) AS "t22"
                LEFT OUTER JOIN (
                  SELECT
                    "t0"."subject_id" AS "mapped_subject",
                    "t0"."customer_id" AS "root"
                  FROM "subject_map" AS "t0"
                ) AS "t3"
                  ON "t22"."subject_id" = "t3"."mapped_subject"
              ) AS "t25"
              GROUP BY
                "t25"."customer_id",
                "t25"."at_ms"
            ) AS "t27"
            GROUP BY
              "t27"."customer_id"
          ) AS "t29"
        ) AS "t32"
          ON "t20"."customer_id" = "t32"."customer_id"
      ) AS "t35"
    ) AS "t37"
    LEFT OUTER JOIN (
      SELECT
        "t30"."customer_id" AS "customer_id",
        "t30"."at_ms" AS "touch_at_ms",
        "t30"."channel" AS "touch_channel",
        "t30"."campaign" AS "touch_campaign",
        "t30"."distributor" AS "touch_distributor"
      FROM (
        SELECT
          "t28"."customer_id" AS "customer_id",
          MIN("t28"."at_ms") AS "at_ms",
          argMin(tuple("t28"."channel"), "t28"."at_ms").1 AS "channel",
          argMin(tuple("t28"."campaign"), "t28"."at_ms").1 AS "campaign",
          argMin(tuple("t28"."distributor"), "t28"."at_ms").1 AS "distributor"
        FROM (
          SELECT
            "t26"."customer_id" AS "customer_id",
            "t26"."at_ms" AS "at_ms",
            MIN("t26"."channel") AS "channel",
            MIN("t26"."campaign") AS "campaign",
            MIN("t26"."distributor") AS "distributor"
          FROM (
            SELECT
              COALESCE("t3"."root", "t24"."subject_id") AS "customer_id",
              "t24"."at_ms" AS "at_ms",
              "t24"."channel" AS "channel",
              "t24"."campaign" AS "campaign",
              "t24"."distributor" AS "distributor"
            FROM (
              SELECT
                "t18"."subject_id" AS "subject_id",
                "t18"."at_ms" AS "at_ms",
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
                  "t15"."at_ms" AS "at_ms"
                FROM "t6" AS "t9"
                INNER JOIN (
                  SELECT
                    "t8"."subject_id" AS "subject_id",
                    MIN("t8"."occurred_ms") AS "at_ms"
                  FROM "t6" AS "t8"
                  GROUP BY
                    "t8"."subject_id"
                ) AS "t15"
                  ON "t9"."subject_id" = "t15"."subject_id"
              ) AS "t18"
              WHERE
                "t18"."occurred_ms" = "t18"."at_ms"
            ) AS "t24"
            LEFT OUTER JOIN (
              SELECT
                "t0"."subject_id" AS "mapped_subject",
                "t0"."customer_id" AS "root"
              FROM "subject_map" AS "t0"
            ) AS "t3"
              ON "t24"."subject_id" = "t3"."mapped_subject"
          ) AS "t26"
          GROUP BY
            "t26"."customer_id",
            "t26"."at_ms"
        ) AS "t28"
        GROUP BY
          "t28"."customer_id"
      ) AS "t30"
    ) AS "t34"
      ON "t37"."customer_id" = "t34"."customer_id"
  ) AS "t38"
) AS "t39"
ORDER BY
  "t39"."customer_id" ASC
