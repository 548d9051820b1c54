WITH `t4` AS (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`local_day` <= 19723
    AND `t0`.`subject_id` IS NOT NULL
    AND `t0`.`kind` = 'order.paid'
), `t7` AS (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`local_day` <= 19723
    AND `t0`.`subject_id` IS NOT NULL
    AND NOT (
      `t0`.`kind` IN (
        'customer.merged',
        'customer.unmerged',
        'message.sent',
        'preference.stated',
        'profile.updated',
        'segment.entered',
        'segment.left',
        'tag.added',
        'tag.removed'
      )
    )
    AND NOT (
      STARTSWITH(`t0`.`kind`, 'order.')
    )
    AND (
      (
        (
          `t0`.`channel` IS NOT NULL
        ) AND (
          `t0`.`channel` <> ''
        )
      )
      OR CONTAINS(`t0`.`payload`, '"campaign":"')
    )
)
SELECT
  `t51`.`customer_id`,
  `t51`.`first_day`,
  `t51`.`last_day`,
  `t51`.`days`,
  `t51`.`orders`,
  `t51`.`revenue_fen`,
  `t51`.`first_day_fen`,
  `t51`.`refunds_fen`,
  `t51`.`margin_mfen`,
  COALESCE(`t51`.`channel`, '') AS `channel`
FROM (
  SELECT
    `t50`.`customer_id`,
    `t50`.`first_day`,
    `t50`.`last_day`,
    `t50`.`days`,
    `t50`.`orders`,
    `t50`.`revenue_fen`,
    `t50`.`first_day_fen`,
    `t50`.`refunds_fen`,
    `t50`.`margin_mfen`,
    `t50`.`channel`
  FROM (
    SELECT
      `t39`.`customer_id`,
      `t39`.`first_day`,
      `t39`.`last_day`,
      `t39`.`days`,
      `t39`.`orders`,
      `t39`.`revenue_fen`,
      `t39`.`first_day_fen`,
      `t39`.`refunds_fen`,
      `t39`.`margin_mfen`,
      `t49`.`customer_id` AS `customer_id_right`,
      `t49`.`channel`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t29`.`customer_id`,
          MIN(IF(`t29`.`orders` > 0, `t29`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
          MAX(IF(`t29`.`orders` > 0, `t29`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
          COALESCE(CAST(SUM(IF(`t29`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `days`,
          COALESCE(CAST(SUM(`t29`.`orders`) AS BIGINT), 0) AS `orders`,
          COALESCE(CAST(SUM(`t29`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
          MIN_BY(
            `t29`.`revenue_fen`,
            COALESCE(IF(`t29`.`orders` > 0, `t29`.`local_day`, CAST(NULL AS INT)), 2147483647)
          ) AS `first_day_fen`,
          COALESCE(CAST(SUM(`t29`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
          COALESCE(CAST(SUM(`t29`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
        FROM (
          SELECT
            `t23`.`customer_id`,
            `t23`.`local_day`,
            COALESCE(CAST(SUM(`t23`.`orders`) AS BIGINT), 0) AS `orders`,
            COALESCE(CAST(SUM(`t23`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
            COALESCE(CAST(SUM(`t23`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
            COALESCE(CAST(SUM(`t23`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
          FROM (
            SELECT
              COALESCE(`t5`.`root`, `t18`.`subject_id`) AS `customer_id`,
              `t18`.`local_day`,
              `t18`.`orders`,
              `t18`.`revenue_fen`,
              `t18`.`refunds_fen`,
              `t18`.`margin_mfen`
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
                    )) * 1000
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
            ) AS `t18`
            LEFT OUTER JOIN (
              SELECT
                `t1`.`subject_id` AS `mapped_subject`,
                `t1`.`customer_id` AS `root`
              FROM `subject_map` AS `t1`
            ) AS `t5`
              ON `t18`.`subject_id` = `t5`.`mapped_subject`
          ) AS `t23`
          GROUP BY
            1,
            2
        ) AS `t29`
        GROUP BY
          1
      ) AS `t34`
      WHERE
        `t34`.`orders` > 0
    ) AS `t39`
    LEFT OUTER JOIN (
      SELECT
        `t47`.`customer_id`,
        IF(
          COALESCE(`t47`.`touch_at_ms` <= `t47`.`first_ms`, FALSE)
          AND (
            (
              `t47`.`touch_channel` IS NOT NULL
            ) AND (
              `t47`.`touch_channel` <> ''
            )
          ),
          `t47`.`touch_channel`,
          COALESCE(`t47`.`order_channel`, '')
        ) AS `channel`
      FROM (
        SELECT
          `t46`.`customer_id`,
          `t46`.`first_ms`,
          `t46`.`first_day`,
          `t46`.`order_at_ms`,
          `t46`.`order_channel`,
          `t46`.`order_campaign`,
          `t46`.`order_distributor`,
          `t46`.`touch_at_ms`,
          `t46`.`touch_channel`,
          `t46`.`touch_campaign`,
          `t46`.`touch_distributor`
        FROM (
          SELECT
            `t45`.`customer_id`,
            `t45`.`first_ms`,
            `t45`.`first_day`,
            `t45`.`order_at_ms`,
            `t45`.`order_channel`,
            `t45`.`order_campaign`,
            `t45`.`order_distributor`,
            `t42`.`customer_id` AS `customer_id_right`,
            `t42`.`touch_at_ms`,
            `t42`.`touch_channel`,
            `t42`.`touch_campaign`,
            `t42`.`touch_distributor`
          FROM (
            SELECT
              `t43`.`customer_id`,
              `t43`.`first_ms`,
              `t43`.`first_day`,
              `t43`.`order_at_ms`,
              `t43`.`order_channel`,
              `t43`.`order_campaign`,
              `t43`.`order_distributor`
            FROM (
              SELECT
                `t24`.`customer_id`,
                `t24`.`first_ms`,
                `t24`.`first_day`,
                `t40`.`customer_id` AS `customer_id_right`,
                `t40`.`order_at_ms`,
                `t40`.`order_channel`,
                `t40`.`order_campaign`,
                `t40`.`order_distributor`
              FROM (
                SELECT
                  `t20`.`customer_id`,
                  MIN(`t20`.`first_ms`) AS `first_ms`,
                  MIN(`t20`.`first_day`) AS `first_day`
                FROM (
                  SELECT
                    COALESCE(`t5`.`root`, `t14`.`subject_id`) AS `customer_id`,
                    `t14`.`first_ms`,
                    `t14`.`first_day`
                  FROM (
                    SELECT
                      `t6`.`subject_id`,
                      MIN(`t6`.`occurred_ms`) AS `first_ms`,
                      MIN(`t6`.`local_day`) AS `first_day`
                    FROM `t4` AS `t6`
                    GROUP BY
                      1
                  ) AS `t14`
                  LEFT OUTER JOIN (
                    SELECT
                      `t1`.`subject_id` AS `mapped_subject`,
                      `t1`.`customer_id` AS `root`
                    FROM `subject_map` AS `t1`
                  ) AS `t5`
                    ON `t14`.`subject_id` = `t5`.`mapped_subject`
                ) AS `t20`
                GROUP BY
                  1
              ) AS `t24`
              LEFT OUTER JOIN (
                SELECT
                  `t35`.`customer_id`,
                  `t35`.`at_ms` AS `order_at_ms`,
                  `t35`.`channel` AS `order_channel`,
                  `t35`.`campaign` AS `order_campaign`,
                  `t35`.`distributor` AS `order_distributor`
                FROM (
                  SELECT
                    `t32`.`customer_id`,
                    MIN(`t32`.`at_ms`) AS `at_ms`,
                    MIN_BY(`t32`.`channel`, `t32`.`at_ms`) AS `channel`,
                    MIN_BY(`t32`.`campaign`, `t32`.`at_ms`) AS `campaign`,
                    MIN_BY(`t32`.`distributor`, `t32`.`at_ms`) AS `distributor`
                  FROM (
                    SELECT
                      `t30`.`customer_id`,
                      `t30`.`at_ms`,
                      MIN(`t30`.`channel`) AS `channel`,
                      MIN(`t30`.`campaign`) AS `campaign`,
                      MIN(`t30`.`distributor`) AS `distributor`
                    FROM (
                      SELECT
                        COALESCE(`t5`.`root`, `t26`.`subject_id`) AS `customer_id`,
                        `t26`.`at_ms`,
                        `t26`.`channel`,
                        `t26`.`campaign`,
                        `t26`.`distributor`
                      FROM (
                        SELECT
                          `t19`.`subject_id`,
                          `t19`.`at_ms`,
                          IF(
                            STARTSWITH(`t19`.`kind`, 'order.') AND (
                              COALESCE(`t19`.`channel`, '') = ''
                            ),
                            COALESCE(`t19`.`source`, ''),
                            COALESCE(`t19`.`channel`, '')
                          ) AS `channel`,
                          IF(
                            CONTAINS(COALESCE(`t19`.`payload`, ''), '"campaign":"'),
                            COALESCE(
                              REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                              ''
                            ),
                            ''
                          ) AS `campaign`,
                          IF(
                            CONTAINS(COALESCE(`t19`.`payload`, ''), '"distributor":"'),
                            COALESCE(
                              REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
                              ''
                            ),
                            ''
                          ) AS `distributor`
                        FROM (
                          SELECT
                            `t8`.`id`,
                            `t8`.`source`,
                            `t8`.`kind`,
                            `t8`.`channel`,
                            `t8`.`subject_id`,
                            `t8`.`occurred_ms`,
                            `t8`.`local_day`,
                            `t8`.`local_month`,
                            `t8`.`amount_fen`,
                            `t8`.`quantity`,
                            `t8`.`bucket`,
                            `t8`.`payload`,
                            `t13`.`at_ms`
                          FROM `t4` AS `t8`
                          INNER JOIN (
                            SELECT
                              `t6`.`subject_id`,
                              MIN(`t6`.`occurred_ms`) AS `at_ms`
                            FROM `t4` AS `t6`
                            GROUP BY
                              1
                          ) AS `t13`
                            ON `t8`.`subject_id` = `t13`.`subject_id`
                        ) AS `t19`
                        WHERE
                          `t19`.`occurred_ms` = `t19`.`at_ms`
                      ) AS `t26`
                      LEFT OUTER JOIN (
                        SELECT
                          `t1`.`subject_id` AS `mapped_subject`,
                          `t1`.`customer_id` AS `root`
                        FROM `subject_map` AS `t1`
                      ) AS `t5`
                        ON `t26`.`subject_id` = `t5`.`mapped_subject`
                    ) AS `t30`
                    GROUP BY
                      1,
                      2
                  ) AS `t32`
                  GROUP BY
                    1
                ) AS `t35`
              ) AS `t40`
                ON `t24`.`customer_id` = `t40`.`customer_id`
            ) AS `t43`
          ) AS `t45`
          LEFT OUTER JOIN (
            SELECT
              `t36`.`customer_id`,
              `t36`.`at_ms` AS `touch_at_ms`,
              `t36`.`channel` AS `touch_channel`,
              `t36`.`campaign` AS `touch_campaign`,
              `t36`.`distributor` AS `touch_distributor`
            FROM (
              SELECT
                `t33`.`customer_id`,
                MIN(`t33`.`at_ms`) AS `at_ms`,
                MIN_BY(`t33`.`channel`, `t33`.`at_ms`) AS `channel`,
                MIN_BY(`t33`.`campaign`, `t33`.`at_ms`) AS `campaign`,
                MIN_BY(`t33`.`distributor`, `t33`.`at_ms`) AS `distributor`
              FROM (
                SELECT
                  `t31`.`customer_id`,
                  `t31`.`at_ms`,
                  MIN(`t31`.`channel`) AS `channel`,
                  MIN(`t31`.`campaign`) AS `campaign`,
                  MIN(`t31`.`distributor`) AS `distributor`
                FROM (
                  SELECT
                    COALESCE(`t5`.`root`, `t28`.`subject_id`) AS `customer_id`,
                    `t28`.`at_ms`,
                    `t28`.`channel`,
                    `t28`.`campaign`,
                    `t28`.`distributor`
                  FROM (
                    SELECT
                      `t21`.`subject_id`,
                      `t21`.`at_ms`,
                      IF(
                        STARTSWITH(`t21`.`kind`, 'order.') AND (
                          COALESCE(`t21`.`channel`, '') = ''
                        ),
                        COALESCE(`t21`.`source`, ''),
                        COALESCE(`t21`.`channel`, '')
                      ) AS `channel`,
                      IF(
                        CONTAINS(COALESCE(`t21`.`payload`, ''), '"campaign":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ),
                        ''
                      ) AS `campaign`,
                      IF(
                        CONTAINS(COALESCE(`t21`.`payload`, ''), '"distributor":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ),
                        ''
                      ) AS `distributor`
                    FROM (
                      SELECT
                        `t10`.`id`,
                        `t10`.`source`,
                        `t10`.`kind`,
                        `t10`.`channel`,
                        `t10`.`subject_id`,
                        `t10`.`occurred_ms`,
                        `t10`.`local_day`,
                        `t10`.`local_month`,
                        `t10`.`amount_fen`,
                        `t10`.`quantity`,
                        `t10`.`bucket`,
                        `t10`.`payload`,
                        `t16`.`at_ms`
                      FROM `t7` AS `t10`
                      INNER JOIN (
                        SELECT
                          `t9`.`subject_id`,
                          MIN(`t9`.`occurred_ms`) AS `at_ms`
                        FROM `t7` AS `t9`
                        GROUP BY
                          1
                      ) AS `t16`
                        ON `t10`.`subject_id` = `t16`.`subject_id`
                    ) AS `t21`
                    WHERE
                      `t21`.`occurred_ms` = `t21`.`at_ms`
                  ) AS `t28`
                  LEFT OUTER JOIN (
                    SELECT
                      `t1`.`subject_id` AS `mapped_subject`,
                      `t1`.`customer_id` AS `root`
                    FROM `subject_map` AS `t1`
                  ) AS `t5`
                    ON `t28`.`subject_id` = `t5`.`mapped_subject`
                ) AS `t31`
                GROUP BY
                  1,
                  2
              ) AS `t33`
              GROUP BY
                1
            ) AS `t36`
          ) AS `t42`
            ON `t45`.`customer_id` = `t42`.`customer_id`
        ) AS `t46`
      ) AS `t47`
    ) AS `t49`
      ON `t39`.`customer_id` = `t49`.`customer_id`
  ) AS `t50`
) AS `t51`
ORDER BY
  `t51`.`customer_id` ASC NULLS LAST
