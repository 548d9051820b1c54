SELECT
  COUNT(*) AS `conversions`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t6`.`customer_id`,
      `t6`.`occurred_ms`,
      MIN(`t6`.`local_day`) AS `local_day`
    FROM (
      SELECT
        COALESCE(`t5`.`root`, `t4`.`subject_id`) AS `customer_id`,
        `t4`.`local_day`,
        `t4`.`occurred_ms`
      FROM (
        SELECT
          `t0`.`subject_id`,
          `t0`.`local_day`,
          `t0`.`occurred_ms`
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid')
          AND `t0`.`subject_id` IS NOT NULL
          AND `t0`.`local_day` <= 19723
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
    GROUP BY
      1,
      2
  ) AS `t7`
  WHERE
    `t7`.`local_day` >= 19700
) AS `t8`
