SELECT
  `t7`.`asset`,
  `t7`.`used_month` AS `local_month`,
  `t7`.`units`,
  `t7`.`unit_days`
FROM (
  SELECT
    `t6`.`asset`,
    `t6`.`used_month`,
    SUM(`t6`.`units`) AS `units`,
    SUM(`t6`.`units` * `t6`.`age`) AS `unit_days`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t4`.`asset`,
        `t4`.`came`,
        `t2`.`way`,
        `t2`.`units`,
        GREATEST(`t2`.`local_day` - `t4`.`came_day`, 0) AS `age`,
        `t2`.`local_day` AS `used_day`,
        `t2`.`local_month` AS `used_month`
      FROM `ledger_uses` AS `t2`
      INNER JOIN (
        SELECT
          `t1`.`asset`,
          `t1`.`came`,
          `t1`.`id` AS `number`,
          `t1`.`local_day` AS `came_day`
        FROM `ledger_lots` AS `t1`
      ) AS `t4`
        ON `t2`.`lot_id` = `t4`.`number`
    ) AS `t5`
    WHERE
      `t5`.`way` = 'used'
  ) AS `t6`
  GROUP BY
    1,
    2
) AS `t7`
ORDER BY
  `t7`.`asset` ASC NULLS LAST,
  `t7`.`used_month` ASC NULLS LAST
