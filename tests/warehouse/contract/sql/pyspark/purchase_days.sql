SELECT
  *
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
        AND `t0`.`local_day` BETWEEN 19700 AND 19723
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
ORDER BY
  `t7`.`customer_id` ASC NULLS LAST,
  `t7`.`local_day` ASC NULLS LAST
