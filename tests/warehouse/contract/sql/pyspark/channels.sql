SELECT
  *
FROM (
  SELECT
    `t1`.`channel`,
    COUNT(IF(`t1`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
    COALESCE(
      CAST(SUM(IF(`t1`.`kind` = 'order.paid', `t1`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
      0
    ) AS `revenue_fen`,
    COUNT(IF(`t1`.`kind` = 'order.refunded', 1, CAST(NULL AS BIGINT))) AS `refunds`,
    COALESCE(
      CAST(SUM(IF(`t1`.`kind` = 'order.refunded', `t1`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
      0
    ) AS `refunds_fen`
  FROM (
    SELECT
      `t0`.`id`,
      `t0`.`source`,
      `t0`.`kind`,
      COALESCE(`t0`.`channel`, '') AS `channel`,
      `t0`.`subject_id`,
      `t0`.`occurred_ms`,
      `t0`.`local_day`,
      `t0`.`local_month`,
      `t0`.`amount_fen`,
      `t0`.`quantity`,
      `t0`.`bucket`,
      `t0`.`payload`
    FROM `touchpoints` AS `t0`
    WHERE
      `t0`.`kind` IN ('order.paid', 'order.refunded')
  ) AS `t1`
  GROUP BY
    1
) AS `t2`
ORDER BY
  `t2`.`revenue_fen` DESC,
  `t2`.`channel` ASC NULLS LAST
