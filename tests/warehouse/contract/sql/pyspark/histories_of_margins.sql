SELECT
  *
FROM (
  SELECT
    `t7`.`customer_id`,
    MIN(IF(`t7`.`orders` > 0, `t7`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
    MAX(IF(`t7`.`orders` > 0, `t7`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
    COUNT(IF(`t7`.`orders` > 0, 1, CAST(NULL AS BIGINT))) AS `days`,
    COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    MIN_BY(
      `t7`.`revenue_fen`,
      COALESCE(IF(`t7`.`orders` > 0, `t7`.`local_day`, CAST(NULL AS INT)), 2147483647)
    ) AS `first_day_fen`,
    COALESCE(CAST(SUM(`t7`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
    COALESCE(CAST(SUM(`t7`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
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
      ) AS `refunds_fen`,
      COALESCE(CAST(SUM(`t6`.`left_mfen`) AS BIGINT), 0) AS `margin_mfen`
    FROM (
      SELECT
        COALESCE(`t3`.`root`, `t5`.`subject_id`) AS `customer_id`,
        `t5`.`local_day`,
        `t5`.`kind`,
        `t5`.`amount_fen`,
        `t5`.`left_mfen`
      FROM (
        SELECT
          `t0`.`subject_id`,
          `t0`.`local_day`,
          `t0`.`kind`,
          `t0`.`amount_fen`,
          IF(`t0`.`kind` = 'order.paid', `t0`.`amount_fen`, -(
            `t0`.`amount_fen`
          )) * CASE
            WHEN IF(
              CONTAINS(COALESCE(`t0`.`payload`, ''), '"category":"'),
              COALESCE(
                REGEXP_EXTRACT(COALESCE(`t0`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"'),
                ''
              ),
              ''
            ) = 'a \\"b\\"\\\\'
            THEN 450
            WHEN IF(
              CONTAINS(COALESCE(`t0`.`payload`, ''), '"category":"'),
              COALESCE(
                REGEXP_EXTRACT(COALESCE(`t0`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"'),
                ''
              ),
              ''
            ) = '护肤'
            THEN 700
            ELSE 600
          END AS `left_mfen`
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid', 'order.refunded')
          AND `t0`.`subject_id` IS NOT NULL
          AND `t0`.`local_day` <= 19723
      ) AS `t5`
      LEFT OUTER JOIN (
        SELECT
          `t1`.`subject_id` AS `mapped_subject`,
          `t1`.`customer_id` AS `root`
        FROM `subject_map` AS `t1`
        WHERE
          `t1`.`customer_id` <> `t1`.`subject_id`
      ) AS `t3`
        ON `t5`.`subject_id` = `t3`.`mapped_subject`
    ) AS `t6`
    GROUP BY
      1,
      2
  ) AS `t7`
  GROUP BY
    1
) AS `t8`
WHERE
  `t8`.`orders` > 0
ORDER BY
  `t8`.`customer_id` ASC NULLS LAST
