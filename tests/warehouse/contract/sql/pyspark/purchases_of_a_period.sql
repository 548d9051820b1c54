SELECT
  *
FROM (
  SELECT
    `t8`.`customer_id`,
    COUNT(*) AS `days`,
    COALESCE(CAST(SUM(`t8`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`
  FROM (
    SELECT
      `t7`.`customer_id`,
      `t7`.`local_day`,
      COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`
    FROM (
      SELECT
        COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
        `t6`.`local_day`,
        `t6`.`revenue_fen`
      FROM (
        SELECT
          `t3`.`subject_id`,
          `t3`.`local_day`,
          COALESCE(CAST(SUM(`t3`.`amount_fen`) AS BIGINT), 0) AS `revenue_fen`
        FROM (
          SELECT
            *
          FROM `touchpoints` AS `t0`
          WHERE
            `t0`.`kind` IN ('order.paid')
            AND `t0`.`local_day` BETWEEN 19700 AND 19723
            AND `t0`.`subject_id` IS NOT NULL
        ) AS `t3`
        GROUP BY
          1,
          2
      ) AS `t6`
      LEFT OUTER JOIN (
        SELECT
          `t1`.`subject_id` AS `mapped_subject`,
          `t1`.`customer_id` AS `root`
        FROM `subject_map` AS `t1`
      ) AS `t4`
        ON `t6`.`subject_id` = `t4`.`mapped_subject`
    ) AS `t7`
    GROUP BY
      1,
      2
  ) AS `t8`
  GROUP BY
    1
) AS `t9`
ORDER BY
  `t9`.`customer_id` ASC NULLS LAST
