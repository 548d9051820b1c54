SELECT
  *
FROM (
  SELECT
    `t1`.`channel`,
    `t1`.`local_month`,
    COALESCE(CAST(SUM(`t1`.`amount_fen`) AS BIGINT), 0) AS `amount_fen`
  FROM (
    SELECT
      `t0`.`local_day`,
      `t0`.`local_month`,
      `t0`.`platform`,
      COALESCE(`t0`.`channel`, '') AS `channel`,
      `t0`.`campaign`,
      `t0`.`kol`,
      `t0`.`type`,
      `t0`.`amount_fen`,
      `t0`.`impressions`,
      `t0`.`clicks`,
      `t0`.`orders`
    FROM `spend` AS `t0`
  ) AS `t1`
  GROUP BY
    1,
    2
) AS `t2`
ORDER BY
  `t2`.`channel` ASC NULLS LAST,
  `t2`.`local_month` ASC NULLS LAST
