SELECT
  *
FROM (
  SELECT
    `t8`.`customer_id`,
    MIN(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
    MAX(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
    COALESCE(CAST(SUM(IF(`t8`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `days`,
    COALESCE(CAST(SUM(`t8`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t8`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    MIN_BY(
      `t8`.`revenue_fen`,
      COALESCE(IF(`t8`.`orders` > 0, `t8`.`local_day`, CAST(NULL AS INT)), 2147483647)
    ) AS `first_day_fen`,
    COALESCE(CAST(SUM(`t8`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
    COALESCE(CAST(SUM(`t8`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
  FROM (
    SELECT
      `t7`.`customer_id`,
      `t7`.`local_day`,
      COALESCE(CAST(SUM(`t7`.`orders`) AS BIGINT), 0) AS `orders`,
      COALESCE(CAST(SUM(`t7`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
      COALESCE(CAST(SUM(`t7`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
      COALESCE(CAST(SUM(`t7`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
    FROM (
      SELECT
        COALESCE(`t4`.`root`, `t6`.`subject_id`) AS `customer_id`,
        `t6`.`local_day`,
        `t6`.`orders`,
        `t6`.`revenue_fen`,
        `t6`.`refunds_fen`,
        `t6`.`margin_mfen`
      FROM (
        SELECT
          `t3`.`subject_id`,
          `t3`.`local_day`,
          COALESCE(CAST(SUM(IF(`t3`.`kind` = 'order.paid', 1, 0)) AS BIGINT), 0) AS `orders`,
          COALESCE(
            CAST(SUM(IF(`t3`.`kind` = 'order.paid', `t3`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
            0
          ) AS `revenue_fen`,
          COALESCE(
            CAST(SUM(IF(`t3`.`kind` = 'order.refunded', `t3`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
            0
          ) AS `refunds_fen`,
          COALESCE(
            CAST(SUM(
              IF(`t3`.`kind` = 'order.paid', `t3`.`amount_fen`, -(
                `t3`.`amount_fen`
              )) * CASE
                WHEN IF(
                  CONTAINS(COALESCE(`t3`.`payload`, ''), '"category":"'),
                  COALESCE(
                    REGEXP_EXTRACT(COALESCE(`t3`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"'),
                    ''
                  ),
                  ''
                ) = 'a \\"b\\"\\\\'
                THEN 450
                WHEN IF(
                  CONTAINS(COALESCE(`t3`.`payload`, ''), '"category":"'),
                  COALESCE(
                    REGEXP_EXTRACT(COALESCE(`t3`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"'),
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
        ) AS `t3`
        GROUP BY
          1,
          2
      ) AS `t6`
      LEFT OUTER JOIN (
        SELECT
          `t1`.`subject_id` AS `mapped_subject`,
          `t1`.`customer_id` AS `root`
        FROM `subject_map` AS `t1`
      ) AS `t4`
        ON `t6`.`subject_id` = `t4`.`mapped_subject`
    ) AS `t7`
    GROUP BY
      1,
      2
  ) AS `t8`
  GROUP BY
    1
) AS `t9`
WHERE
  `t9`.`orders` > 0
ORDER BY
  `t9`.`customer_id` ASC NULLS LAST
