SELECT
  MAX(`t1`.`local_day`) AS `last_day`
FROM (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`kind` IN ('order.paid')
    AND `t0`.`subject_id` IS NOT NULL
    AND `t0`.`local_day` <= 19723
) AS `t1`
