SELECT
  *
FROM (
  SELECT
    "t11"."state_before" AS "state_before",
    "t11"."state_after" AS "state_after",
    COUNT(*) AS "customers"
  FROM (
    SELECT
      COALESCE("t10"."state_before", '') AS "state_before",
      "t4"."state" AS "state_after"
    FROM (
      SELECT
        "t0"."customer_id" AS "customer_id",
        "t0"."state" AS "state"
      FROM "customer_states" AS "t0"
    ) AS "t4"
    LEFT OUTER JOIN (
      SELECT
        "t8"."customer_id" AS "known_id",
        "t8"."state" AS "state_before"
      FROM (
        SELECT
          "t2"."customer_id" AS "customer_id",
          COALESCE("t7"."before", "t2"."state") AS "state",
          COALESCE("t7"."began_ms", "t2"."since_ms") AS "since_ms"
        FROM "customer_states" AS "t2"
        LEFT OUTER JOIN (
          SELECT
            "t5"."subject_id" AS "subject_id",
            argMin(tuple("t5"."before"), "t5"."id").1 AS "before",
            argMin(tuple("t5"."began_ms"), "t5"."id").1 AS "began_ms"
          FROM (
            SELECT
              "t1"."subject_id" AS "subject_id",
              "t1"."id" AS "id",
              CASE
                WHEN notEmpty(
                  extractGroups(
                    CAST(COALESCE("t1"."payload", '') AS String),
                    CONCAT('(', '"from":"([a-z_]*)"', ')')
                  )[2]
                )
                THEN extractGroups(
                  CAST(COALESCE("t1"."payload", '') AS String),
                  CONCAT('(', '"from":"([a-z_]*)"', ')')
                )[2]
                ELSE NULL
              END AS "before",
              CAST(nullIf(
                CASE
                  WHEN notEmpty(
                    extractGroups(
                      CAST(COALESCE("t1"."payload", '') AS String),
                      CONCAT('(', '"since_ms":(-?[0-9]{1,18})[,}]', ')')
                    )[2]
                  )
                  THEN extractGroups(
                    CAST(COALESCE("t1"."payload", '') AS String),
                    CONCAT('(', '"since_ms":(-?[0-9]{1,18})[,}]', ')')
                  )[2]
                  ELSE NULL
                END,
                ''
              ) AS Nullable(Int64)) AS "began_ms"
            FROM "touchpoints" AS "t1"
            WHERE
              "t1"."kind" = 'state.changed'
              AND "t1"."occurred_ms" > 1700000000000
              AND isNotNull("t1"."subject_id")
          ) AS "t5"
          GROUP BY
            "t5"."subject_id"
        ) AS "t7"
          ON "t2"."customer_id" = "t7"."subject_id"
      ) AS "t8"
      WHERE
        "t8"."since_ms" <= 1700000000000
    ) AS "t10"
      ON "t4"."customer_id" = "t10"."known_id"
  ) AS "t11"
  GROUP BY
    "t11"."state_before",
    "t11"."state_after"
) AS "t12"
ORDER BY
  "t12"."state_before" ASC,
  "t12"."state_after" ASC
