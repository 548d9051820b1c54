SELECT
  COALESCE(
    CAST(SUM(IF(`t1`.`kind` = 'order.paid', `t1`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
    0
  ) AS `revenue_fen`,
  COALESCE(
    CAST(SUM(
      IF(`t1`.`kind` = 'order.paid', `t1`.`amount_fen`, -(
        `t1`.`amount_fen`
      )) * CASE
        WHEN IF(
          CONTAINS(COALESCE(`t1`.`payload`, ''), '"category":"'),
          COALESCE(
            REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"'),
            ''
          ),
          ''
        ) = '护肤'
        THEN 700
        ELSE 600
      END
    ) AS BIGINT),
    0
  ) AS `margin_mfen`
FROM (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`kind` IN ('order.paid', 'order.refunded')
    AND `t0`.`subject_id` IS NOT NULL
    AND `t0`.`local_day` <= 19723
) AS `t1`
