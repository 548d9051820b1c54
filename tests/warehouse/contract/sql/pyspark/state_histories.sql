SELECT
  *
FROM (
  SELECT
    `t6`.`customer_id`,
    `t6`.`state`,
    `t21`.`first_day`,
    `t21`.`last_day`,
    `t21`.`days`,
    `t21`.`orders`,
    `t21`.`revenue_fen`,
    `t21`.`first_day_fen`,
    `t21`.`refunds_fen`,
    `t21`.`margin_mfen`,
    COALESCE(`t17`.`state_before`, '') AS `state_before`
  FROM (
    SELECT
      `t0`.`customer_id`,
      `t0`.`state`
    FROM `customer_states` AS `t0`
  ) AS `t6`
  LEFT OUTER JOIN (
    SELECT
      `t19`.`customer_id` AS `buyer_id`,
      `t19`.`first_day`,
      `t19`.`last_day`,
      `t19`.`days`,
      `t19`.`orders`,
      `t19`.`revenue_fen`,
      `t19`.`first_day_fen`,
      `t19`.`refunds_fen`,
      `t19`.`margin_mfen`
    FROM (
      SELECT
        `t18`.`customer_id`,
        MIN(IF(`t18`.`orders` > 0, `t18`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
        MAX(IF(`t18`.`orders` > 0, `t18`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
        COALESCE(CAST(SUM(IF(`t18`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `days`,
        COALESCE(CAST(SUM(`t18`.`orders`) AS BIGINT), 0) AS `orders`,
        COALESCE(CAST(SUM(`t18`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
        MIN_BY(
          `t18`.`revenue_fen`,
          COALESCE(IF(`t18`.`orders` > 0, `t18`.`local_day`, CAST(NULL AS INT)), 2147483647)
        ) AS `first_day_fen`,
        COALESCE(CAST(SUM(`t18`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
        COALESCE(CAST(SUM(`t18`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
      FROM (
        SELECT
          `t15`.`customer_id`,
          `t15`.`local_day`,
          COALESCE(CAST(SUM(`t15`.`orders`) AS BIGINT), 0) AS `orders`,
          COALESCE(CAST(SUM(`t15`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
          COALESCE(CAST(SUM(`t15`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
          COALESCE(CAST(SUM(`t15`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
        FROM (
          SELECT
            COALESCE(`t8`.`root`, `t13`.`subject_id`) AS `customer_id`,
            `t13`.`local_day`,
            `t13`.`orders`,
            `t13`.`revenue_fen`,
            `t13`.`refunds_fen`,
            `t13`.`margin_mfen`
          FROM (
            SELECT
              `t7`.`subject_id`,
              `t7`.`local_day`,
              COALESCE(CAST(SUM(IF(`t7`.`kind` = 'order.paid', 1, 0)) AS BIGINT), 0) AS `orders`,
              COALESCE(
                CAST(SUM(IF(`t7`.`kind` = 'order.paid', `t7`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                0
              ) AS `revenue_fen`,
              COALESCE(
                CAST(SUM(IF(`t7`.`kind` = 'order.refunded', `t7`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                0
              ) AS `refunds_fen`,
              COALESCE(
                CAST(SUM(
                  IF(`t7`.`kind` = 'order.paid', `t7`.`amount_fen`, -(
                    `t7`.`amount_fen`
                  )) * 1000
                ) AS BIGINT),
                0
              ) AS `margin_mfen`
            FROM (
              SELECT
                *
              FROM `touchpoints` AS `t1`
              WHERE
                `t1`.`kind` IN ('order.paid', 'order.refunded')
                AND `t1`.`subject_id` IS NOT NULL
                AND `t1`.`local_day` <= 19723
            ) AS `t7`
            GROUP BY
              1,
              2
          ) AS `t13`
          LEFT OUTER JOIN (
            SELECT
              `t2`.`subject_id` AS `mapped_subject`,
              `t2`.`customer_id` AS `root`
            FROM `subject_map` AS `t2`
          ) AS `t8`
            ON `t13`.`subject_id` = `t8`.`mapped_subject`
        ) AS `t15`
        GROUP BY
          1,
          2
      ) AS `t18`
      GROUP BY
        1
    ) AS `t19`
    WHERE
      `t19`.`orders` > 0
  ) AS `t21`
    ON `t6`.`customer_id` = `t21`.`buyer_id`
  LEFT OUTER JOIN (
    SELECT
      `t14`.`customer_id` AS `known_id`,
      `t14`.`state` AS `state_before`
    FROM (
      SELECT
        `t3`.`customer_id`,
        COALESCE(`t11`.`before`, `t3`.`state`) AS `state`,
        COALESCE(`t11`.`began_ms`, `t3`.`since_ms`) AS `since_ms`
      FROM `customer_states` AS `t3`
      LEFT OUTER JOIN (
        SELECT
          `t9`.`subject_id`,
          MIN_BY(`t9`.`before`, `t9`.`id`) AS `before`,
          MIN_BY(`t9`.`began_ms`, `t9`.`id`) AS `began_ms`
        FROM (
          SELECT
            `t1`.`subject_id`,
            `t1`.`id`,
            REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"from":"([a-z_]*)"') AS `before`,
            CAST(NULLIF(REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"since_ms":(-?[0-9]{1,18})[,}]'), '') AS BIGINT) AS `began_ms`
          FROM `touchpoints` AS `t1`
          WHERE
            `t1`.`kind` = 'state.changed'
            AND `t1`.`occurred_ms` > 1700000000000
            AND `t1`.`subject_id` IS NOT NULL
        ) AS `t9`
        GROUP BY
          1
      ) AS `t11`
        ON `t3`.`customer_id` = `t11`.`subject_id`
    ) AS `t14`
    WHERE
      `t14`.`since_ms` <= 1700000000000
  ) AS `t17`
    ON `t6`.`customer_id` = `t17`.`known_id`
) AS `t22`
ORDER BY
  `t22`.`customer_id` ASC NULLS LAST
