SELECT
  `t6`.`customer_id`,
  `t6`.`state`
FROM (
  SELECT
    `t2`.`customer_id`,
    COALESCE(`t5`.`before`, `t2`.`state`) AS `state`,
    COALESCE(`t5`.`began_ms`, `t2`.`since_ms`) AS `since_ms`
  FROM `customer_states` AS `t2`
  LEFT OUTER JOIN (
    SELECT
      `t3`.`subject_id`,
      MIN_BY(`t3`.`before`, `t3`.`id`) AS `before`,
      MIN_BY(`t3`.`began_ms`, `t3`.`id`) AS `began_ms`
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
    ) AS `t3`
    GROUP BY
      1
  ) AS `t5`
    ON `t2`.`customer_id` = `t5`.`subject_id`
) AS `t6`
WHERE
  `t6`.`since_ms` <= 1700000000000
ORDER BY
  `t6`.`customer_id` ASC NULLS LAST
