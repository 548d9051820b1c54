WITH "t3" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    "t1"."local_day" <= 19723
    AND "t1"."subject_id" IS NOT NULL
    AND "t1"."kind" = 'order.paid'
), "t6" AS (
  SELECT
    *
  FROM "touchpoints" AS "t1"
  WHERE
    "t1"."local_day" <= 19723
    AND "t1"."subject_id" IS NOT NULL
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
      STARTS_WITH("t1"."kind", 'order.')
    )
    AND (
      (
        (
          "t1"."channel" IS NOT NULL
        ) AND (
          "t1"."channel" <> ''
        )
      )
      OR CONTAINS("t1"."payload", '"campaign":"')
    )
)
SELECT
  "t32"."customer_id",
  CASE
    WHEN COALESCE("t32"."touch_at_ms" <= "t32"."first_ms", FALSE)
    AND (
      (
        "t32"."touch_channel" IS NOT NULL
      ) AND (
        "t32"."touch_channel" <> ''
      )
    )
    THEN "t32"."touch_channel"
    ELSE "t32"."order_channel"
  END AS "channel"
FROM (
  SELECT
    "t31".*
    EXCLUDE ("customer_id_right")
  FROM (
    SELECT
      "t28"."customer_id",
      "t28"."first_ms",
      "t28"."first_day",
      "t28"."order_channel",
      "t28"."order_campaign",
      "t28"."order_distributor",
      "t30"."customer_id" AS "customer_id_right",
      "t30"."touch_at_ms",
      "t30"."touch_channel",
      "t30"."touch_campaign",
      "t30"."touch_distributor"
    FROM (
      SELECT
        "t24"."customer_id",
        "t24"."at_ms" AS "first_ms",
        "t24"."local_day" AS "first_day",
        "t24"."channel" AS "order_channel",
        "t24"."campaign" AS "order_campaign",
        "t24"."distributor" AS "order_distributor"
      FROM (
        SELECT
          "t22"."customer_id",
          MIN("t22"."at_ms") AS "at_ms",
          MIN("t22"."local_day") AS "local_day",
          FIRST("t22"."channel" ORDER BY "t22"."at_ms") AS "channel",
          FIRST("t22"."campaign" ORDER BY "t22"."at_ms") AS "campaign",
          FIRST("t22"."distributor" ORDER BY "t22"."at_ms") AS "distributor"
        FROM (
          SELECT
            "t20"."customer_id",
            "t20"."at_ms",
            MIN("t20"."local_day") AS "local_day",
            MIN("t20"."channel") AS "channel",
            MIN("t20"."campaign") AS "campaign",
            MIN("t20"."distributor") AS "distributor"
          FROM (
            SELECT
              COALESCE("t4"."root", "t17"."subject_id") AS "customer_id",
              "t17"."at_ms",
              "t17"."local_day",
              "t17"."channel",
              "t17"."campaign",
              "t17"."distributor"
            FROM (
              SELECT
                "t14"."subject_id",
                "t14"."at_ms",
                "t14"."local_day",
                CASE
                  WHEN STARTS_WITH("t14"."kind", 'order.') AND (
                    COALESCE("t14"."channel", '') = ''
                  )
                  THEN COALESCE("t14"."source", '')
                  ELSE COALESCE("t14"."channel", '')
                END AS "channel",
                CASE
                  WHEN CONTAINS(COALESCE("t14"."payload", ''), '"campaign":"')
                  THEN COALESCE(
                    REGEXP_EXTRACT(COALESCE("t14"."payload", ''), '"campaign":"((?:[^"\\]|\\.)*)"', 1),
                    ''
                  )
                  ELSE ''
                END AS "campaign",
                CASE
                  WHEN CONTAINS(COALESCE("t14"."payload", ''), '"distributor":"')
                  THEN COALESCE(
                    REGEXP_EXTRACT(COALESCE("t14"."payload", ''), '"distributor":"((?:[^"\\]|\\.)*)"', 1),
                    ''
                  )
                  ELSE ''
                END AS "distributor"
              FROM (
                SELECT
                  "t7"."id",
                  "t7"."source",
                  "t7"."kind",
                  "t7"."channel",
                  "t7"."subject_id",
                  "t7"."occurred_ms",
                  "t7"."local_day",
                  "t7"."local_month",
                  "t7"."amount_fen",
                  "t7"."quantity",
                  "t7"."bucket",
                  "t7"."payload",
                  "t11"."at_ms"
                FROM "t3" AS "t7"
                INNER JOIN (
                  SELECT
                    "t5"."subject_id",
                    MIN("t5"."occurred_ms") AS "at_ms"
                  FROM "t3" AS "t5"
                  GROUP BY
                    1
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
            1,
            2
        ) AS "t22"
        GROUP BY
          1
      ) AS "t24"
    ) AS "t28"
    LEFT OUTER JOIN (
      SELECT
        "t27"."customer_id",
        "t27"."at_ms" AS "touch_at_ms",
        "t27"."channel" AS "touch_channel",
        "t27"."campaign" AS "touch_campaign",
        "t27"."distributor" AS "touch_distributor"
      FROM (
        SELECT
          "t25".*
          EXCLUDE ("local_day")
        FROM (
          SELECT
            "t23"."customer_id",
            MIN("t23"."at_ms") AS "at_ms",
            MIN("t23"."local_day") AS "local_day",
            FIRST("t23"."channel" ORDER BY "t23"."at_ms") AS "channel",
            FIRST("t23"."campaign" ORDER BY "t23"."at_ms") AS "campaign",
            FIRST("t23"."distributor" ORDER BY "t23"."at_ms") AS "distributor"
          FROM (
            SELECT
              "t21"."customer_id",
              "t21"."at_ms",
              MIN("t21"."local_day") AS "local_day",
              MIN("t21"."channel") AS "channel",
              MIN("t21"."campaign") AS "campaign",
              MIN("t21"."distributor") AS "distributor"
            FROM (
              SELECT
                COALESCE("t4"."root", "t19"."subject_id") AS "customer_id",
                "t19"."at_ms",
                "t19"."local_day",
                "t19"."channel",
                "t19"."campaign",
                "t19"."distributor"
              FROM (
                SELECT
                  "t15"."subject_id",
                  "t15"."at_ms",
                  "t15"."local_day",
                  CASE
                    WHEN STARTS_WITH("t15"."kind", 'order.') AND (
                      COALESCE("t15"."channel", '') = ''
                    )
                    THEN COALESCE("t15"."source", '')
                    ELSE COALESCE("t15"."channel", '')
                  END AS "channel",
                  CASE
                    WHEN CONTAINS(COALESCE("t15"."payload", ''), '"campaign":"')
                    THEN COALESCE(
                      REGEXP_EXTRACT(COALESCE("t15"."payload", ''), '"campaign":"((?:[^"\\]|\\.)*)"', 1),
                      ''
                    )
                    ELSE ''
                  END AS "campaign",
                  CASE
                    WHEN CONTAINS(COALESCE("t15"."payload", ''), '"distributor":"')
                    THEN COALESCE(
                      REGEXP_EXTRACT(COALESCE("t15"."payload", ''), '"distributor":"((?:[^"\\]|\\.)*)"', 1),
                      ''
                    )
                    ELSE ''
                  END AS "distributor"
                FROM (
                  SELECT
                    "t9"."id",
                    "t9"."source",
                    "t9"."kind",
                    "t9"."channel",
                    "t9"."subject_id",
                    "t9"."occurred_ms",
                    "t9"."local_day",
                    "t9"."local_month",
                    "t9"."amount_fen",
                    "t9"."quantity",
                    "t9"."bucket",
                    "t9"."payload",
                    "t13"."at_ms"
                  FROM "t6" AS "t9"
                  INNER JOIN (
                    SELECT
                      "t8"."subject_id",
                      MIN("t8"."occurred_ms") AS "at_ms"
                    FROM "t6" AS "t8"
                    GROUP BY
                      1
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
              1,
              2
          ) AS "t23"
          GROUP BY
            1
        ) AS "t25"
      ) AS "t27"
    ) AS "t30"
      ON "t28"."customer_id" = "t30"."customer_id"
  ) AS "t31"
) AS "t32"
ORDER BY
  "t32"."customer_id" ASC
