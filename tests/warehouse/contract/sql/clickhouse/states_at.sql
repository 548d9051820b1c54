SELECT
  "t6"."customer_id" AS "customer_id",
  "t6"."state" AS "state"
FROM (
  SELECT
    "t2"."customer_id" AS "customer_id",
    COALESCE("t5"."before", "t2"."state") AS "state",
    COALESCE("t5"."began_ms", "t2"."since_ms") AS "since_ms"
  FROM "customer_states" AS "t2"
  LEFT OUTER JOIN (
    SELECT
      "t3"."subject_id" AS "subject_id",
      argMin(tuple("t3"."before"), "t3"."id").1 AS "before",
      argMin(tuple("t3"."began_ms"), "t3"."id").1 AS "began_ms"
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
    ) AS "t3"
    GROUP BY
      "t3"."subject_id"
  ) AS "t5"
    ON "t2"."customer_id" = "t5"."subject_id"
) AS "t6"
WHERE
  "t6"."since_ms" <= 1700000000000
ORDER BY
  "t6"."customer_id" ASC
