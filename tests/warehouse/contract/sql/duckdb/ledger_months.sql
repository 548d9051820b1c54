SELECT
  *
FROM (
  SELECT
    "t0"."asset",
    "t0"."local_month",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."target_place" = 'wallet'
          )
          AND (
            "t0"."source_place" <> 'wallet'
          )
          AND (
            "t0"."kind" <> 'return'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "issued",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."target_place" = 'wallet'
          )
          AND (
            "t0"."source_place" <> 'wallet'
          )
          AND (
            "t0"."kind" = 'return'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "returned",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."source_place" = 'wallet'
          )
          AND (
            "t0"."target_place" <> 'wallet'
          )
          AND NOT (
            "t0"."kind" IN ('claw', 'pay')
          )
          AND (
            "t0"."kind" <> 'expire'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "used",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."source_place" = 'wallet'
          )
          AND (
            "t0"."target_place" <> 'wallet'
          )
          AND "t0"."kind" IN ('claw', 'pay')
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "withdrawn",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."source_place" = 'wallet'
          )
          AND (
            "t0"."target_place" <> 'wallet'
          )
          AND (
            "t0"."kind" = 'expire'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "expired",
    COALESCE(SUM(CASE WHEN "t0"."source_place" = 'debt' THEN "t0"."units" ELSE 0 END), 0) - COALESCE(SUM(CASE WHEN "t0"."target_place" = 'debt' THEN "t0"."units" ELSE 0 END), 0) AS "owed",
    COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."target_place" = 'wallet'
          ) AND (
            "t0"."source_place" <> 'wallet'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) - COALESCE(
      SUM(
        CASE
          WHEN (
            "t0"."source_place" = 'wallet'
          ) AND (
            "t0"."target_place" <> 'wallet'
          )
          THEN "t0"."units"
          ELSE 0
        END
      ),
      0
    ) AS "net"
  FROM "ledger_flows" AS "t0"
  GROUP BY
    1,
    2
) AS "t1"
ORDER BY
  "t1"."asset" ASC,
  "t1"."local_month" ASC
