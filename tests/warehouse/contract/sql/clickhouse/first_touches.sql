WITH "t3" AS (
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
  "t32"."customer_id" AS "customer_id",
  "t32"."first_day" AS "first_day",
  CASE
    WHEN COALESCE("t32"."touch_at_ms" <= "t32"."first_ms", FALSE)
    AND (
      isNotNull("t32"."touch_channel") AND (
        "t32"."touch_channel" <> ''
      )
    )
    THEN "t32"."touch_channel"
    ELSE "t32"."order_channel"
  END AS "channel",
  CASE
    WHEN COALESCE("t32"."touch_at_ms" <= "t32"."first_ms", FALSE)
    THEN "t32"."touch_campaign"
    ELSE "t32"."order_campaign"
  END AS "campaign",
  CASE
    WHEN COALESCE("t32"."touch_at_ms" <= "t32"."first_ms", FALSE)
    THEN "t32"."touch_distributor"
    ELSE "t32"."order_distributor"
  END AS "distributor",
  CASE
    WHEN COALESCE("t32"."touch_at_ms" <= "t32"."first_ms", FALSE)
    THEN 1
    WHEN isNotNull("t32"."order_channel") AND (
      "t32"."order_channel" <> ''
    )
    THEN 2
    ELSE 0
  END AS "told"
FROM (
  SELECT
    "t31".*
    EXCEPT ("customer_id_right")
  FROM (
    SELECT
      "t28"."customer_id" AS "customer_id",
      "t28"."first_ms" AS "first_ms",
      "t28"."first_day" AS "first_day",
      "t28"."order_channel" AS "order_channel",
      "t28"."order_campaign" AS "order_campaign",
      "t28"."order_distributor" AS "order_distributor",
      "t30"."customer_id" AS "customer_id_right",
      "t30"."touch_at_ms" AS "touch_at_ms",
      "t30"."touch_channel" AS "touch_channel",
      "t30"."touch_campaign" AS "touch_campaign",
      "t30"."touch_distributor" AS "touch_distributor"
    FROM (
      SELECT
        "t24"."customer_id" AS "customer_id",
        "t24"."at_ms" AS "first_ms",
        "t24"."local_day" AS "first_day",
        "t24"."channel" AS "order_channel",
        "t24"."campaign" AS "order_campaign",
        "t24"."distributor" AS "order_distributor"
      FROM (
        SELECT
          "t22"."customer_id" AS "customer_id",
          MIN("t22"."at_ms") AS "at_ms",
          MIN("t22"."local_day") AS "local_day",
          argMin(tuple("t22"."channel"), "t22"."at_ms").1 AS "channel",
          argMin(tuple("t22"."campaign"), "t22"."at_ms").1 AS "campaign",
          argMin(tuple("t22"."distributor"), "t22"."at_ms").1 AS "distributor"
        FROM (
          SELECT
            "t20"."customer_id" AS "customer_id",
            "t20"."at_ms" AS "at_ms",
            MIN("t20"."local_day") AS "local_day",
            MIN("t20"."channel") AS "channel",
            MIN("t20"."campaign") AS "campaign",
            MIN("t20"."distributor") AS "distributor"
          FROM (
            SELECT
              COALESCE("t4"."root", "t17"."subject_id") AS "customer_id",
              "t17"."at_ms" AS "at_ms",
              "t17"."local_day" AS "local_day",
              "t17"."channel" AS "channel",
              "t17"."campaign" AS "campaign",
              "t17"."distributor" AS "distributor"
            FROM (
              SELECT
                "t14"."subject_id" AS "subject_id",
                "t14"."at_ms" AS "at_ms",
                "t14"."local_day" AS "local_day",
                CASE
                  WHEN startsWith("t14"."kind", 'order.') AND (
                    COALESCE("t14"."channel", '') = ''
                  )
                  THEN COALESCE("t14"."source", '')
                  ELSE COALESCE("t14"."channel", '')
                END AS "channel",
                CASE
                  WHEN position(COALESCE("t14"."payload", ''), '"campaign":"') > 0
                  THEN COALESCE(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t14"."payload", '') AS String),
                          CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t14"."payload", '') AS String),
                        CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                      )[2]
                      ELSE NULL
                    END,
                    ''
                  )
                  ELSE ''
                END AS "campaign",
                CASE
                  WHEN position(COALESCE("t14"."payload", ''), '"distributor":"') > 0
                  THEN COALESCE(
                    CASE
                      WHEN notEmpty(
                        extractGroups(
                          CAST(COALESCE("t14"."payload", '') AS String),
                          CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                        )[2]
                      )
                      THEN extractGroups(
                        CAST(COALESCE("t14"."payload", '') AS String),
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
                  "t11"."at_ms" AS "at_ms"
                FROM "t3" AS "t7"
                INNER JOIN (
                  SELECT
                    "t5"."subject_id" AS "subject_id",
                    MIN("t5"."occurred_ms") AS "at_ms"
                  FROM "t3" AS "t5"
                  GROUP BY
                    "t5"."subject_id"
                ) AS "t11"
                  ON "t7"."subject_id" = "t11"."subject_id"
              ) AS "t14"
              WHERE
                "t14"."occurred_ms" = "t14"."at_ms"
            ) AS "t17"
            LEFT OUTER JOIN (
              SELECT
                "t0"."subject_id" AS "mapped_subject",
                "t0"."customer_id" AS "root"
              FROM "subject_map" AS "t0"
              WHERE
                "t0"."customer_id" <> "t0"."subject_id"
            ) AS "t4"
              ON "t17"."subject_id" = "t4"."mapped_subject"
          ) AS "t20"
          GROUP BY
            "t20"."customer_id",
            "t20"."at_ms"
        ) AS "t22"
        GROUP BY
          "t22"."customer_id"
      ) AS "t24"
    ) AS "t28"
    LEFT OUTER JOIN (
      SELECT
        "t27"."customer_id" AS "customer_id",
        "t27"."at_ms" AS "touch_at_ms",
        "t27"."channel" AS "touch_channel",
        "t27"."campaign" AS "touch_campaign",
        "t27"."distributor" AS "touch_distributor"
      FROM (
        SELECT
          "t25".*
          EXCEPT ("local_day")
        FROM (
          SELECT
            "t23"."customer_id" AS "customer_id",
            MIN("t23"."at_ms") AS "at_ms",
            MIN("t23"."local_day") AS "local_day",
            argMin(tuple("t23"."channel"), "t23"."at_ms").1 AS "channel",
            argMin(tuple("t23"."campaign"), "t23"."at_ms").1 AS "campaign",
            argMin(tuple("t23"."distributor"), "t23"."at_ms").1 AS "distributor"
          FROM (
            SELECT
              "t21"."customer_id" AS "customer_id",
              "t21"."at_ms" AS "at_ms",
              MIN("t21"."local_day") AS "local_day",
              MIN("t21"."channel") AS "channel",
              MIN("t21"."campaign") AS "campaign",
              MIN("t21"."distributor") AS "distributor"
            FROM (
              SELECT
                COALESCE("t4"."root", "t19"."subject_id") AS "customer_id",
                "t19"."at_ms" AS "at_ms",
                "t19"."local_day" AS "local_day",
                "t19"."channel" AS "channel",
                "t19"."campaign" AS "campaign",
                "t19"."distributor" AS "distributor"
              FROM (
                SELECT
                  "t15"."subject_id" AS "subject_id",
                  "t15"."at_ms" AS "at_ms",
                  "t15"."local_day" AS "local_day",
                  CASE
                    WHEN startsWith("t15"."kind", 'order.') AND (
                      COALESCE("t15"."channel", '') = ''
                    )
                    THEN COALESCE("t15"."source", '')
                    ELSE COALESCE("t15"."channel", '')
                  END AS "channel",
                  CASE
                    WHEN position(COALESCE("t15"."payload", ''), '"campaign":"') > 0
                    THEN COALESCE(
                      CASE
                        WHEN notEmpty(
                          extractGroups(
                            CAST(COALESCE("t15"."payload", '') AS String),
                            CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                          )[2]
                        )
                        THEN extractGroups(
                          CAST(COALESCE("t15"."payload", '') AS String),
                          CONCAT('(', '"campaign":"((?:[^"\\\\]|\\\\.)*)"', ')')
                        )[2]
                        ELSE NULL
                      END,
                      ''
                    )
                    ELSE ''
                  END AS "campaign",
                  CASE
                    WHEN position(COALESCE("t15"."payload", ''), '"distributor":"') > 0
                    THEN COALESCE(
                      CASE
                        WHEN notEmpty(
                          extractGroups(
                            CAST(COALESCE("t15"."payload", '') AS String),
                            CONCAT('(', '"distributor":"((?:[^"\\\\]|\\\\.)*)"', ')')
                          )[2]
                        )
                        THEN extractGroups(
                          CAST(COALESCE("t15"."payload", '') AS String),
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
                    "t13"."at_ms" AS "at_ms"
                  FROM "t6" AS "t9"
                  INNER JOIN (
                    SELECT
                      "t8"."subject_id" AS "subject_id",
                      MIN("t8"."occurred_ms") AS "at_ms"
                    FROM "t6" AS "t8"
                    GROUP BY
                      "t8"."subject_id"
                  ) AS "t13"
                    ON "t9"."subject_id" = "t13"."subject_id"
                ) AS "t15"
                WHERE
                  "t15"."occurred_ms" = "t15"."at_ms"
              ) AS "t19"
              LEFT OUTER JOIN (
                SELECT
                  "t0"."subject_id" AS "mapped_subject",
                  "t0"."customer_id" AS "root"
                FROM "subject_map" AS "t0"
                WHERE
                  "t0"."customer_id" <> "t0"."subject_id"
              ) AS "t4"
                ON "t19"."subject_id" = "t4"."mapped_subject"
            ) AS "t21"
            GROUP BY
              "t21"."customer_id",
              "t21"."at_ms"
          ) AS "t23"
          GROUP BY
            "t23"."customer_id"
        ) AS "t25"
      ) AS "t27"
    ) AS "t30"
      ON "t28"."customer_id" = "t30"."customer_id"
  ) AS "t31"
) AS "t32"
ORDER BY
  "t32"."customer_id" ASC
