SELECT
  `t8`.`customer_id`,
  19900 - `t8`.`last_day` AS `recency_days`,
  `t8`.`orders`,
  `t8`.`net_fen`
FROM (
  SELECT
    `t7`.`customer_id`,
    MAX(`t7`.`last_day`) AS `last_day`,
    COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t7`.`net_fen`) AS BIGINT), 0) AS `net_fen`
  FROM (
    SELECT
      COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
      `t6`.`last_day`,
      `t6`.`orders`,
      `t6`.`net_fen`
    FROM (
      SELECT
        `t2`.`subject_id`,
        MAX(IF(`t2`.`kind` = 'order.paid', `t2`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
        COUNT(IF(`t2`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
        COALESCE(
          CAST(SUM(IF(`t2`.`kind` = 'order.paid', `t2`.`amount_fen`, -(
            `t2`.`amount_fen`
          ))) AS BIGINT),
          0
        ) AS `net_fen`
      FROM (
        SELECT
          *
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid', 'order.refunded')
          AND `t0`.`subject_id` IS NOT NULL
          AND `t0`.`local_day` <= 19900
      ) AS `t2`
      GROUP BY
        1
    ) AS `t6`
    LEFT OUTER JOIN (
      SELECT
        `t1`.`subject_id` AS `mapped_subject`,
        `t1`.`customer_id` AS `root`
      FROM `subject_map` AS `t1`
      WHERE
        `t1`.`customer_id` <> `t1`.`subject_id`
    ) AS `t4`
      ON `t6`.`subject_id` = `t4`.`mapped_subject`
  ) AS `t7`
  GROUP BY
    1
) AS `t8`
WHERE
  `t8`.`orders` > 0
ORDER BY
  `t8`.`customer_id` ASC NULLS LAST
