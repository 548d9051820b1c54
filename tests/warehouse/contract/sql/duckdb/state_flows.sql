SELECT
  *
FROM (
  SELECT
    "t11"."state_before",
    "t11"."state_after",
    COUNT(*) AS "customers"
  FROM (
    SELECT
      COALESCE("t10"."state_before", '') AS "state_before",
      "t4"."state" AS "state_after"
    FROM (
      SELECT
        "t0"."customer_id",
        "t0"."state"
      FROM "customer_states" AS "t0"
    ) AS "t4"
    LEFT OUTER JOIN (
      SELECT
        "t8"."customer_id" AS "known_id",
        "t8"."state" AS "state_before"
      FROM (
        SELECT
          "t2"."customer_id",
          COALESCE("t7"."before", "t2"."state") AS "state",
          COALESCE("t7"."began_ms", "t2"."since_ms") AS "since_ms"
        FROM "customer_states" AS "t2"
        LEFT OUTER JOIN (
          SELECT
            "t5"."subject_id",
            FIRST("t5"."before" ORDER BY "t5"."id") AS "before",
            FIRST("t5"."began_ms" ORDER BY "t5"."id") AS "began_ms"
          FROM (
            SELECT
              "t1"."subject_id",
              "t1"."id",
              REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"from":"([a-z_]*)"', 1) AS "before",
              CAST(NULLIF(
                REGEXP_EXTRACT(COALESCE("t1"."payload", ''), '"since_ms":(-?[0-9]{1,18})[,}]', 1),
                ''
              ) AS BIGINT) AS "began_ms"
            FROM "touchpoints" AS "t1"
            WHERE
              "t1"."kind" = 'state.changed'
              AND "t1"."occurred_ms" > 1700000000000
              AND "t1"."subject_id" IS NOT NULL
          ) AS "t5"
          GROUP BY
            1
        ) AS "t7"
          ON "t2"."customer_id" = "t7"."subject_id"
      ) AS "t8"
      WHERE
        "t8"."since_ms" <= 1700000000000
    ) AS "t10"
      ON "t4"."customer_id" = "t10"."known_id"
  ) AS "t11"
  GROUP BY
    1,
    2
) AS "t12"
ORDER BY
  "t12"."state_before" ASC,
  "t12"."state_after" ASC
