SELECT
  *
FROM (
  SELECT
    `t8`.`customer_id`,
    MIN(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
    MAX(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
    COUNT(IF(`t8`.`orders` > 0, 1, CAST(NULL AS BIGINT))) AS `days`,
    COALESCE(CAST(SUM(`t8`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t8`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    MIN_BY(
      `t8`.`revenue_fen`,
      COALESCE(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT)), 2147483647)
    ) AS `first_day_fen`,
    COALESCE(CAST(SUM(`t8`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
    COALESCE(CAST(SUM(`t8`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
  FROM (
    SELECT
      `t7`.`customer_id`,
      `t7`.`local_day`,
      `t7`.`orders`,
      `t7`.`revenue_fen`,
      `t7`.`refunds_fen`,
      (
        `t7`.`revenue_fen` - `t7`.`refunds_fen`
      ) * 1000 AS `margin_mfen`
    FROM (
      SELECT
        `t6`.`customer_id`,
        `t6`.`local_day`,
        COUNT(IF(`t6`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
        COALESCE(
          CAST(SUM(IF(`t6`.`kind` = 'order.paid', `t6`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `revenue_fen`,
        COALESCE(
          CAST(SUM(IF(`t6`.`kind` = 'order.refunded', `t6`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `refunds_fen`
      FROM (
        SELECT
          COALESCE(`t5`.`root`, `t4`.`subject_id`) AS `customer_id`,
          `t4`.`local_day`,
          `t4`.`kind`,
          `t4`.`amount_fen`
        FROM (
          SELECT
            `t0`.`subject_id`,
            `t0`.`local_day`,
            `t0`.`kind`,
            `t0`.`amount_fen`
          FROM `touchpoints` AS `t0`
          WHERE
            `t0`.`kind` IN ('order.paid', 'order.refunded')
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
  ) AS `t8`
  GROUP BY
    1
) AS `t9`
WHERE
  `t9`.`orders` > 0
ORDER BY
  `t9`.`customer_id` ASC NULLS LAST
