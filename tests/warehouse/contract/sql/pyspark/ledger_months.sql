SELECT
  *
FROM (
  SELECT
    `t0`.`asset`,
    `t0`.`local_month`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`target_place` = 'wallet'
          )
          AND (
            `t0`.`source_place` <> 'wallet'
          )
          AND (
            `t0`.`kind` <> 'return'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `issued`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`target_place` = 'wallet'
          )
          AND (
            `t0`.`source_place` <> 'wallet'
          )
          AND (
            `t0`.`kind` = 'return'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `returned`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`source_place` = 'wallet'
          )
          AND (
            `t0`.`target_place` <> 'wallet'
          )
          AND NOT (
            `t0`.`kind` IN ('claw', 'pay')
          )
          AND (
            `t0`.`kind` <> 'expire'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `used`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`source_place` = 'wallet'
          )
          AND (
            `t0`.`target_place` <> 'wallet'
          )
          AND `t0`.`kind` IN ('claw', 'pay'),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `withdrawn`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`source_place` = 'wallet'
          )
          AND (
            `t0`.`target_place` <> 'wallet'
          )
          AND (
            `t0`.`kind` = 'expire'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `expired`,
    COALESCE(SUM(IF(`t0`.`source_place` = 'debt', `t0`.`units`, 0)), 0) - COALESCE(SUM(IF(`t0`.`target_place` = 'debt', `t0`.`units`, 0)), 0) AS `owed`,
    COALESCE(
      SUM(
        IF(
          (
            `t0`.`target_place` = 'wallet'
          ) AND (
            `t0`.`source_place` <> 'wallet'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) - COALESCE(
      SUM(
        IF(
          (
            `t0`.`source_place` = 'wallet'
          ) AND (
            `t0`.`target_place` <> 'wallet'
          ),
          `t0`.`units`,
          0
        )
      ),
      0
    ) AS `net`
  FROM `ledger_flows` AS `t0`
  GROUP BY
    1,
    2
) AS `t1`
ORDER BY
  `t1`.`asset` ASC NULLS LAST,
  `t1`.`local_month` ASC NULLS LAST
