SELECT
  *
FROM (
  SELECT
    "t6"."asset" AS "asset",
    "t6"."age" AS "age",
    COALESCE(SUM(CASE WHEN "t6"."way" = 'used' THEN "t6"."units" ELSE 0 END), 0) AS "used",
    COALESCE(SUM(CASE WHEN "t6"."way" <> 'used' THEN "t6"."units" ELSE 0 END), 0) AS "other"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t4"."asset" AS "asset",
        "t4"."came" AS "came",
        "t2"."way" AS "way",
        "t2"."units" AS "units",
        GREATEST("t2"."local_day" - "t4"."came_day", 0) AS "age",
        "t2"."local_day" AS "used_day",
        "t2"."local_month" AS "used_month"
      FROM "ledger_uses" AS "t2"
      INNER JOIN (
        SELECT
          "t1"."asset" AS "asset",
          "t1"."came" AS "came",
          "t1"."id" AS "number",
          "t1"."local_day" AS "came_day"
        FROM "ledger_lots" AS "t1"
      ) AS "t4"
        ON "t2"."lot_id" = "t4"."number"
    ) AS "t5"
    WHERE
      "t5"."came" = 'issued' AND "t5"."used_day" <= 19740
  ) AS "t6"
  GROUP BY
    "t6"."asset",
    "t6"."age"
) AS "t7"
ORDER BY
  "t7"."asset" ASC,
  "t7"."age" ASC
