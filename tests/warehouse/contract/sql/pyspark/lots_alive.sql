SELECT
  *
FROM (
  SELECT
    `t8`.`asset`,
    `t8`.`came`,
    `t8`.`local_month`,
    `t8`.`local_day`,
    `t8`.`expires_month`,
    `t8`.`expires_day`,
    SUM(`t8`.`left`) AS `units`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t4`.`asset`,
        `t4`.`came`,
        `t4`.`local_month`,
        `t4`.`local_day`,
        `t4`.`expires_month`,
        `t4`.`expires_day`,
        `t4`.`units` - (
          COALESCE(`t6`.`used`, 0) + COALESCE(`t6`.`expired`, 0) + COALESCE(`t6`.`withdrawn`, 0) + COALESCE(`t6`.`moved`, 0)
        ) AS `left`
      FROM (
        SELECT
          *
        FROM `ledger_lots` AS `t0`
        WHERE
          `t0`.`local_day` <= 19740
      ) AS `t4`
      LEFT OUTER JOIN (
        SELECT
          `t3`.`lot_id`,
          COALESCE(SUM(IF(`t3`.`way` = 'used', `t3`.`units`, 0)), 0) AS `used`,
          COALESCE(SUM(IF(`t3`.`way` = 'expired', `t3`.`units`, 0)), 0) AS `expired`,
          COALESCE(SUM(IF(`t3`.`way` = 'withdrawn', `t3`.`units`, 0)), 0) AS `withdrawn`,
          COALESCE(SUM(IF(`t3`.`way` = 'moved', `t3`.`units`, 0)), 0) AS `moved`
        FROM (
          SELECT
            *
          FROM `ledger_uses` AS `t1`
          WHERE
            `t1`.`local_day` <= 19740
        ) AS `t3`
        GROUP BY
          1
      ) AS `t6`
        ON `t4`.`id` = `t6`.`lot_id`
    ) AS `t7`
    WHERE
      `t7`.`left` > 0
  ) AS `t8`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6
) AS `t9`
ORDER BY
  `t9`.`asset` ASC NULLS LAST,
  `t9`.`came` ASC NULLS LAST,
  `t9`.`local_day` ASC NULLS LAST,
  CAST(`t9`.`expires_day` IS NULL AS BIGINT) ASC NULLS LAST,
  `t9`.`expires_day` ASC NULLS LAST
