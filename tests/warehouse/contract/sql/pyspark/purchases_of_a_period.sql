SELECT
  *
FROM (
  SELECT
    `t7`.`customer_id`,
    COUNT(*) AS `days`,
    COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`
  FROM (
    SELECT
      `t6`.`customer_id`,
      `t6`.`local_day`,
      COALESCE(CAST(SUM(`t6`.`amount_fen`) AS BIGINT), 0) AS `revenue_fen`
    FROM (
      SELECT
        COALESCE(`t5`.`root`, `t4`.`subject_id`) AS `customer_id`,
        `t4`.`local_day`,
        `t4`.`amount_fen`
      FROM (
        SELECT
          `t0`.`subject_id`,
          `t0`.`local_day`,
          `t0`.`amount_fen`
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
    GROUP BY
      1,
      2
  ) AS `t7`
  GROUP BY
    1
) AS `t8`
ORDER BY
  `t8`.`customer_id` ASC NULLS LAST
