WITH `t8` AS (
  SELECT
    `t7`.`customer_id`,
    `t7`.`local_month`,
    COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`
  FROM (
    SELECT
      COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
      `t6`.`local_month`,
      `t6`.`orders`,
      `t6`.`revenue_fen`
    FROM (
      SELECT
        `t2`.`subject_id`,
        `t2`.`local_month`,
        COUNT(*) AS `orders`,
        COALESCE(CAST(SUM(`t2`.`amount_fen`) AS BIGINT), 0) AS `revenue_fen`
      FROM (
        SELECT
          *
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid') AND `t0`.`subject_id` IS NOT NULL
      ) AS `t2`
      GROUP BY
        1,
        2
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
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    `t13`.`cohort`,
    `t13`.`local_month`,
    COUNT(*) AS `customers`,
    COALESCE(CAST(SUM(`t13`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t13`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`
  FROM (
    SELECT
      `t10`.`customer_id`,
      `t10`.`local_month`,
      `t10`.`orders`,
      `t10`.`revenue_fen`,
      `t12`.`cohort`
    FROM `t8` AS `t10`
    INNER JOIN (
      SELECT
        `t9`.`customer_id`,
        MIN(`t9`.`local_month`) AS `cohort`
      FROM `t8` AS `t9`
      GROUP BY
        1
    ) AS `t12`
      ON `t10`.`customer_id` = `t12`.`customer_id`
  ) AS `t13`
  GROUP BY
    1,
    2
) AS `t14`
ORDER BY
  `t14`.`cohort` ASC NULLS LAST,
  `t14`.`local_month` ASC NULLS LAST
