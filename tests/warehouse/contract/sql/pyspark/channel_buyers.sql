SELECT
  *
FROM (
  SELECT
    `t7`.`channel`,
    COUNT(*) AS `buyers`
  FROM (
    SELECT DISTINCT
      *
    FROM (
      SELECT
        COALESCE(`t5`.`root`, `t4`.`subject_id`) AS `customer_id`,
        `t4`.`channel`
      FROM (
        SELECT DISTINCT
          COALESCE(`t0`.`channel`, '') AS `channel`,
          `t0`.`subject_id`
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid') AND `t0`.`subject_id` IS NOT NULL
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
  ) AS `t7`
  GROUP BY
    1
) AS `t8`
ORDER BY
  `t8`.`channel` ASC NULLS LAST
