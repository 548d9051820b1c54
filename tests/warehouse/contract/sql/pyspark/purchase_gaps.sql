SELECT
  *
FROM (
  SELECT
    `t9`.`number`,
    `t9`.`days`,
    COUNT(*) AS `purchases`
  FROM (
    SELECT
      LEAST(`t8`.`number`, 10) AS `number`,
      `t8`.`local_day` - `t8`.`before` AS `days`
    FROM (
      SELECT
        `t7`.`customer_id`,
        `t7`.`local_day`,
        (
          ROW_NUMBER() OVER (PARTITION BY `t7`.`customer_id` ORDER BY `t7`.`local_day` ASC NULLS LAST) - 1
        ) + 1 AS `number`,
        LAG(`t7`.`local_day`) OVER (PARTITION BY `t7`.`customer_id` ORDER BY `t7`.`local_day` ASC NULLS LAST) AS `before`
      FROM (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            COALESCE(`t5`.`root`, `t4`.`subject_id`) AS `customer_id`,
            `t4`.`local_day`
          FROM (
            SELECT
              `t0`.`subject_id`,
              `t0`.`local_day`
            FROM `touchpoints` AS `t0`
            WHERE
              `t0`.`kind` IN ('order.paid')
              AND `t0`.`local_day` BETWEEN -2147483647 AND 19900
              AND `t0`.`subject_id` IS NOT NULL
          ) AS `t4`
          LEFT OUTER JOIN (
            SELECT
              `t1`.`subject_id` AS `mapped_subject`,
              `t1`.`customer_id` AS `root`
            FROM `subject_map` AS `t1`
            WHERE
              `t1`.`customer_id` <> `t1`.`subject_id`
          ) AS `t5`
            ON `t4`.`subject_id` = `t5`.`mapped_subject`
        ) AS `t6`
      ) AS `t7`
    ) AS `t8`
    WHERE
      `t8`.`number` > 1
  ) AS `t9`
  GROUP BY
    1,
    2
) AS `t10`
ORDER BY
  `t10`.`number` ASC NULLS LAST,
  `t10`.`days` ASC NULLS LAST
