SELECT
  *
FROM (
  SELECT
    "t8"."asset" AS "asset",
    "t8"."came" AS "came",
    "t8"."local_month" AS "local_month",
    "t8"."local_day" AS "local_day",
    "t8"."expires_month" AS "expires_month",
    "t8"."expires_day" AS "expires_day",
    SUM("t8"."left") AS "units"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t4"."asset" AS "asset",
        "t4"."came" AS "came",
        "t4"."local_month" AS "local_month",
        "t4"."local_day" AS "local_day",
        "t4"."expires_month" AS "expires_month",
        "t4"."expires_day" AS "expires_day",
        "t4"."units" - (
          COALESCE("t6"."used", 0) + COALESCE("t6"."expired", 0) + COALESCE("t6"."withdrawn", 0) + COALESCE("t6"."moved", 0)
        ) AS "left"
      FROM (
        SELECT
          *
        FROM "ledger_lots" AS "t0"
        WHERE
          "t0"."local_day" <= 19740
      ) AS "t4"
      LEFT OUTER JOIN (
        SELECT
          "t3"."lot_id" AS "lot_id",
          COALESCE(SUM(CASE WHEN "t3"."way" = 'used' THEN "t3"."units" ELSE 0 END), 0) AS "used",
          COALESCE(SUM(CASE WHEN "t3"."way" = 'expired' THEN "t3"."units" ELSE 0 END), 0) AS "expired",
          COALESCE(SUM(CASE WHEN "t3"."way" = 'withdrawn' THEN "t3"."units" ELSE 0 END), 0) AS "withdrawn",
          COALESCE(SUM(CASE WHEN "t3"."way" = 'moved' THEN "t3"."units" ELSE 0 END), 0) AS "moved"
        FROM (
          SELECT
            *
          FROM "ledger_uses" AS "t1"
          WHERE
            "t1"."local_day" <= 19740
        ) AS "t3"
        GROUP BY
          "t3"."lot_id"
      ) AS "t6"
        ON "t4"."id" = "t6"."lot_id"
    ) AS "t7"
    WHERE
      "t7"."left" > 0
  ) AS "t8"
  GROUP BY
    "t8"."asset",
    "t8"."came",
    "t8"."local_month",
    "t8"."local_day",
    "t8"."expires_month",
    "t8"."expires_day"
) AS "t9"
ORDER BY
  "t9"."asset" ASC,
  "t9"."came" ASC,
  "t9"."local_day" ASC,
  CAST(isNull("t9"."expires_day") AS Nullable(Int64)) ASC,
  "t9"."expires_day" ASC
