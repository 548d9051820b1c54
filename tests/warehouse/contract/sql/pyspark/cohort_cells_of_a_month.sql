WITH `t8` AS (
  SELECT
    `t7`.`customer_id`,
    `t7`.`period`,
    COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    COALESCE(CAST(SUM(`t7`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`
  FROM (
    SELECT
      COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
      `t6`.`period`,
      `t6`.`orders`,
      `t6`.`revenue_fen`,
      `t6`.`refunds_fen`
    FROM (
      SELECT
        `t3`.`subject_id`,
        `t3`.`period`,
        COALESCE(CAST(SUM(IF(`t3`.`kind` = 'order.paid', 1, 0)) AS BIGINT), 0) AS `orders`,
        COALESCE(
          CAST(SUM(IF(`t3`.`kind` = 'order.paid', `t3`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `revenue_fen`,
        COALESCE(
          CAST(SUM(IF(`t3`.`kind` = 'order.refunded', `t3`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `refunds_fen`
      FROM (
        SELECT
          `t0`.`id`,
          `t0`.`source`,
          `t0`.`kind`,
          `t0`.`channel`,
          `t0`.`subject_id`,
          `t0`.`occurred_ms`,
          `t0`.`local_day`,
          `t0`.`local_month`,
          `t0`.`amount_fen`,
          `t0`.`quantity`,
          `t0`.`bucket`,
          `t0`.`payload`,
          CAST(`t0`.`local_month` AS BIGINT) AS `period`
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid', 'order.refunded')
          AND `t0`.`subject_id` IS NOT NULL
          AND `t0`.`local_day` <= 19900
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
)
SELECT
  `t16`.`cohort`,
  `t16`.`grp`,
  `t16`.`period`,
  `t16`.`customers`,
  `t16`.`orders`,
  `t16`.`revenue_fen`,
  `t16`.`refunds_fen`,
  (
    `t16`.`revenue_fen` - `t16`.`refunds_fen`
  ) * 1000 AS `margin_mfen`
FROM (
  SELECT
    `t15`.`cohort`,
    `t15`.`grp`,
    `t15`.`period`,
    COALESCE(CAST(SUM(IF(`t15`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `customers`,
    COALESCE(CAST(SUM(`t15`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t15`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    COALESCE(CAST(SUM(`t15`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`
  FROM (
    SELECT
      `t14`.`customer_id`,
      GREATEST(`t14`.`period`, `t14`.`cohort`) AS `period`,
      `t14`.`orders`,
      `t14`.`revenue_fen`,
      `t14`.`refunds_fen`,
      `t14`.`cohort`,
      0 AS `grp`
    FROM (
      SELECT
        `t10`.`customer_id`,
        `t10`.`period`,
        `t10`.`orders`,
        `t10`.`revenue_fen`,
        `t10`.`refunds_fen`,
        `t13`.`cohort`
      FROM `t8` AS `t10`
      INNER JOIN (
        SELECT
          `t11`.`customer_id`,
          MIN(`t11`.`period`) AS `cohort`
        FROM (
          SELECT
            *
          FROM `t8` AS `t9`
          WHERE
            `t9`.`orders` > 0
        ) AS `t11`
        GROUP BY
          1
      ) AS `t13`
        ON `t10`.`customer_id` = `t13`.`customer_id`
    ) AS `t14`
  ) AS `t15`
  GROUP BY
    1,
    2,
    3
) AS `t16`
ORDER BY
  `t16`.`cohort` ASC NULLS LAST,
  `t16`.`grp` ASC NULLS LAST,
  `t16`.`period` ASC NULLS LAST
