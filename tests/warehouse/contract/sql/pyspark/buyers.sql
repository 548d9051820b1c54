SELECT
  COUNT(*) AS `buyers`,
  COUNT(IF(`t8`.`orders` >= 2, 1, CAST(NULL AS BIGINT))) AS `repeat_buyers`
FROM (
  SELECT
    `t7`.`customer_id`,
    COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`
  FROM (
    SELECT
      COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
      `t6`.`orders`
    FROM (
      SELECT
        `t2`.`subject_id`,
        COUNT(*) AS `orders`
      FROM (
        SELECT
          *
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid') AND `t0`.`subject_id` IS NOT NULL
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
