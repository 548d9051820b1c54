SELECT
  *
FROM (
  SELECT
    "t7"."asset",
    "t7"."local_month",
    SUM("t7"."issued") AS "issued",
    SUM("t7"."used") AS "used",
    SUM("t7"."expired") AS "expired",
    SUM("t7"."withdrawn") AS "withdrawn",
    SUM("t7"."moved") AS "moved"
  FROM (
    SELECT
      "t4"."asset",
      "t4"."local_month",
      "t4"."units" AS "issued",
      COALESCE("t6"."used", 0) AS "used",
      COALESCE("t6"."expired", 0) AS "expired",
      COALESCE("t6"."withdrawn", 0) AS "withdrawn",
      COALESCE("t6"."moved", 0) AS "moved"
    FROM (
      SELECT
        *
      FROM "ledger_lots" AS "t0"
      WHERE
        "t0"."came" = 'issued' AND "t0"."local_day" <= 19740
    ) AS "t4"
    LEFT OUTER JOIN (
      SELECT
        "t3"."lot_id",
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
        1
    ) AS "t6"
      ON "t4"."id" = "t6"."lot_id"
  ) AS "t7"
  GROUP BY
    1,
    2
) AS "t8"
ORDER BY
  "t8"."asset" ASC,
  "t8"."local_month" ASC
