SELECT
  MIN(IF(`t1`.`local_day` <= 19723, `t1`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
  MAX(IF(`t1`.`local_day` <= 19723, `t1`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
  COUNT(IF(`t1`.`local_day` > 19723, 1, CAST(NULL AS BIGINT))) AS `later_orders`
FROM (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`kind` IN ('order.paid') AND `t0`.`subject_id` IS NOT NULL
) AS `t1`
