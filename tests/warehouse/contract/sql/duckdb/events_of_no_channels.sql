WITH "t9" AS (
  SELECT
    COALESCE("t5"."root", "t7"."subject_id") AS "customer_id",
    "t7"."moment",
    "t7"."revenue_fen"
  FROM (
    SELECT
      "t0"."subject_id",
      (
        "t0"."occurred_ms" * 256
      ) + 0 AS "moment",
      0 AS "revenue_fen"
    FROM "touchpoints" AS "t0"
    WHERE
      "t0"."subject_id" IS NOT NULL
      AND "t0"."channel" IS NOT NULL
      AND "t0"."channel" <> ''
      AND NOT (
        "t0"."kind" IN (
          'order.paid',
          'order.refunded',
          'order.placed',
          'order.detailed',
          'customer.merged',
          'customer.unmerged',
          'profile.updated',
          'segment.entered',
          'segment.left',
          'tag.added',
          'tag.removed'
        )
      )
      AND "t0"."local_day" <= 19723
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
)
SELECT
  *
FROM (
  SELECT
    *
  FROM "t9" AS "t10"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t13"."customer_id",
      "t13"."moment",
      "t13"."revenue_fen"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          COALESCE("t5"."root", "t6"."subject_id") AS "customer_id",
          "t6"."moment",
          "t6"."revenue_fen"
        FROM (
          SELECT
            "t0"."subject_id",
            (
              "t0"."occurred_ms" * 256
            ) + 255 AS "moment",
            COALESCE("t0"."amount_fen", 0) AS "revenue_fen"
          FROM "touchpoints" AS "t0"
          WHERE
            "t0"."kind" IN ('order.paid')
            AND "t0"."subject_id" IS NOT NULL
            AND "t0"."local_day" <= 19723
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
      ) AS "t8"
      WHERE
        "t8"."customer_id" IS NOT NULL
    ) AS "t13"
    SEMI JOIN (
      SELECT DISTINCT
        "t10"."customer_id"
      FROM "t9" AS "t10"
    ) AS "t14"
      ON "t13"."customer_id" = "t14"."customer_id"
  ) AS "t15"
) AS "t16"
ORDER BY
  "t16"."customer_id" ASC,
  "t16"."moment" ASC,
  "t16"."revenue_fen" ASC
