SELECT
  COUNT(IF(`t1`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
  COALESCE(
    CAST(SUM(IF(`t1`.`kind` = 'order.paid', `t1`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
    0
  ) AS `revenue_fen`,
  COUNT(IF(`t1`.`kind` = 'order.refunded', 1, CAST(NULL AS BIGINT))) AS `refunds`,
  COALESCE(
    CAST(SUM(IF(`t1`.`kind` = 'order.refunded', `t1`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
    0
  ) AS `refunds_fen`,
  COUNT(
    IF(
      (
        `t1`.`kind` = 'order.paid'
      ) AND (
        `t1`.`subject_id` IS NULL
      ),
      1,
      CAST(NULL AS BIGINT)
    )
  ) AS `anonymous_orders`,
  COALESCE(
    CAST(SUM(
      IF(
        (
          `t1`.`kind` = 'order.paid'
        ) AND (
          `t1`.`subject_id` IS NULL
        ),
        `t1`.`amount_fen`,
        CAST(NULL AS BIGINT)
      )
    ) AS BIGINT),
    0
  ) AS `anonymous_revenue_fen`,
  MIN(IF(`t1`.`kind` = 'order.paid', `t1`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
  MAX(IF(`t1`.`kind` = 'order.paid', `t1`.`local_day`, CAST(NULL AS INT))) AS `last_day`
FROM (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`kind` IN ('order.paid', 'order.refunded')
) AS `t1`
