SELECT
  *
FROM (
  SELECT
    `t15`.`lag`,
    COUNT(*) AS `customers`,
    COALESCE(CAST(SUM(`t15`.`gives`) AS BIGINT), 0) AS `gives`,
    COALESCE(CAST(SUM(`t15`.`bought`) AS BIGINT), 0) AS `bought`,
    COALESCE(CAST(SUM(`t15`.`asks`) AS BIGINT), 0) AS `asks`
  FROM (
    SELECT
      `t14`.`customer_id`,
      `t14`.`gives`,
      `t14`.`bought`,
      `t14`.`asks`,
      `t14`.`asks` - `t14`.`gives` AS `lag`
    FROM (
      SELECT
        `t13`.`customer_id`,
        COALESCE(CAST(SUM(`t13`.`gives`) AS BIGINT), 0) AS `gives`,
        COALESCE(CAST(SUM(`t13`.`bought`) AS BIGINT), 0) AS `bought`,
        COALESCE(CAST(SUM(`t13`.`asks`) AS BIGINT), 0) AS `asks`
      FROM (
        SELECT
          COALESCE(`t7`.`root`, `t12`.`subject_id`) AS `customer_id`,
          `t12`.`gives`,
          `t12`.`bought`,
          `t12`.`asks`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t8`.`subject_id`,
              1 AS `gives`,
              IF(`t6`.`paid_id` IS NOT NULL, 1, 0) AS `bought`,
              0 AS `asks`
            FROM (
              SELECT
                *
              FROM `ledger_rewards` AS `t2`
              WHERE
                `t2`.`local_day` BETWEEN 19651 AND 19740 AND `t2`.`subject_id` IS NOT NULL
            ) AS `t8`
            LEFT OUTER JOIN (
              SELECT
                `t0`.`id` AS `paid_id`
              FROM `touchpoints` AS `t0`
              WHERE
                `t0`.`kind` = 'order.paid'
            ) AS `t6`
              ON `t8`.`fact_id` = `t6`.`paid_id`
          ) AS `t10`
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              `t0`.`subject_id`,
              0 AS `gives`,
              0 AS `bought`,
              1 AS `asks`
            FROM `touchpoints` AS `t0`
            WHERE
              `t0`.`kind` = 'message.sent'
              AND `t0`.`subject_id` IS NOT NULL
              AND `t0`.`local_day` BETWEEN 19651 AND 19740
              AND CONTAINS(COALESCE(`t0`.`payload`, ''), '"campaign":"')
              AND NOT (
                CONTAINS(COALESCE(`t0`.`payload`, ''), '"campaign":""')
              )
          ) AS `t9`
        ) AS `t12`
        LEFT OUTER JOIN (
          SELECT
            `t1`.`subject_id` AS `mapped_subject`,
            `t1`.`customer_id` AS `root`
          FROM `subject_map` AS `t1`
          WHERE
            `t1`.`customer_id` <> `t1`.`subject_id`
        ) AS `t7`
          ON `t12`.`subject_id` = `t7`.`mapped_subject`
      ) AS `t13`
      GROUP BY
        1
    ) AS `t14`
  ) AS `t15`
  GROUP BY
    1
) AS `t16`
ORDER BY
  `t16`.`lag` ASC NULLS LAST
