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
), `t22` AS (
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
)
SELECT
  `t63`.`customer_id`,
  `t63`.`first_day`,
  `t63`.`last_day`,
  `t63`.`days`,
  `t63`.`orders`,
  `t63`.`revenue_fen`,
  `t63`.`first_day_fen`,
  `t63`.`refunds_fen`,
  `t63`.`margin_mfen`,
  COALESCE(`t63`.`channel`, '') AS `channel`
FROM (
  SELECT
    `t62`.`customer_id`,
    `t62`.`first_day`,
    `t62`.`last_day`,
    `t62`.`days`,
    `t62`.`orders`,
    `t62`.`revenue_fen`,
    `t62`.`first_day_fen`,
    `t62`.`refunds_fen`,
    `t62`.`margin_mfen`,
    `t62`.`channel`
  FROM (
    SELECT
      `t41`.`customer_id`,
      `t41`.`first_day`,
      `t41`.`last_day`,
      `t41`.`days`,
      `t41`.`orders`,
      `t41`.`revenue_fen`,
      `t41`.`first_day_fen`,
      `t41`.`refunds_fen`,
      `t41`.`margin_mfen`,
      `t61`.`customer_id` AS `customer_id_right`,
      `t61`.`channel`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t31`.`customer_id`,
          MIN(IF(`t31`.`orders` > 0, `t31`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
          MAX(IF(`t31`.`orders` > 0, `t31`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
          COALESCE(CAST(SUM(IF(`t31`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `days`,
          COALESCE(CAST(SUM(`t31`.`orders`) AS BIGINT), 0) AS `orders`,
          COALESCE(CAST(SUM(`t31`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
          MIN_BY(
            `t31`.`revenue_fen`,
            COALESCE(IF(`t31`.`orders` > 0, `t31`.`local_day`, CAST(NULL AS INT)), 2147483647)
          ) AS `first_day_fen`,
          COALESCE(CAST(SUM(`t31`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
          COALESCE(CAST(SUM(`t31`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
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
        ) AS `t31`
        GROUP BY
          1
      ) AS `t37`
      WHERE
        `t37`.`orders` > 0
    ) AS `t41`
    LEFT OUTER JOIN (
      SELECT
        `t59`.`customer_id`,
        IF(
          (
            `t59`.`touch_channel` IS NOT NULL
          ) AND (
            `t59`.`touch_channel` <> ''
          ),
          `t59`.`touch_channel`,
          COALESCE(`t59`.`order_channel`, '')
        ) AS `channel`
      FROM (
        SELECT
          `t58`.`customer_id`,
          `t58`.`first_ms`,
          `t58`.`first_day`,
          `t58`.`order_channel`,
          `t58`.`order_campaign`,
          `t58`.`order_distributor`,
          `t58`.`touch_channel`,
          `t58`.`touch_campaign`,
          `t58`.`touch_distributor`
        FROM (
          SELECT
            `t57`.`customer_id`,
            `t57`.`first_ms`,
            `t57`.`first_day`,
            `t57`.`order_channel`,
            `t57`.`order_campaign`,
            `t57`.`order_distributor`,
            `t54`.`customer_id` AS `customer_id_right`,
            `t54`.`touch_channel`,
            `t54`.`touch_campaign`,
            `t54`.`touch_distributor`
          FROM (
            SELECT
              `t55`.`customer_id`,
              `t55`.`first_ms`,
              `t55`.`first_day`,
              `t55`.`order_channel`,
              `t55`.`order_campaign`,
              `t55`.`order_distributor`
            FROM (
              SELECT
                `t25`.`customer_id`,
                `t25`.`first_ms`,
                `t25`.`first_day`,
                `t52`.`customer_id` AS `customer_id_right`,
                `t52`.`order_channel`,
                `t52`.`order_campaign`,
                `t52`.`order_distributor`
              FROM `t22` AS `t25`
              LEFT OUTER JOIN (
                SELECT
                  `t49`.`customer_id`,
                  `t49`.`channel` AS `order_channel`,
                  `t49`.`campaign` AS `order_campaign`,
                  `t49`.`distributor` AS `order_distributor`
                FROM (
                  SELECT
                    `t35`.`customer_id`,
                    `t35`.`channel`,
                    `t35`.`campaign`,
                    `t35`.`distributor`
                  FROM (
                    SELECT
                      `t32`.`customer_id`,
                      `t32`.`at_ms`,
                      MIN(`t32`.`channel`) AS `channel`,
                      MIN(`t32`.`campaign`) AS `campaign`,
                      MIN(`t32`.`distributor`) AS `distributor`
                    FROM (
                      SELECT
                        COALESCE(`t5`.`root`, `t28`.`subject_id`) AS `customer_id`,
                        `t28`.`at_ms`,
                        `t28`.`channel`,
                        `t28`.`campaign`,
                        `t28`.`distributor`
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
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                            ''
                          ) AS `campaign`,
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                      ) AS `t28`
                      LEFT OUTER JOIN (
                        SELECT
                          `t1`.`subject_id` AS `mapped_subject`,
                          `t1`.`customer_id` AS `root`
                        FROM `subject_map` AS `t1`
                      ) AS `t5`
                        ON `t28`.`subject_id` = `t5`.`mapped_subject`
                    ) AS `t32`
                    GROUP BY
                      1,
                      2
                  ) AS `t35`
                  INNER JOIN (
                    SELECT
                      `t43`.`customer_id`,
                      MIN(`t43`.`at_ms`) AS `earliest_ms`
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t35`.`customer_id`,
                          `t35`.`at_ms`,
                          `t35`.`channel`,
                          `t35`.`campaign`,
                          `t35`.`distributor`,
                          `t26`.`first_ms`,
                          `t26`.`first_day`
                        FROM (
                          SELECT
                            `t32`.`customer_id`,
                            `t32`.`at_ms`,
                            MIN(`t32`.`channel`) AS `channel`,
                            MIN(`t32`.`campaign`) AS `campaign`,
                            MIN(`t32`.`distributor`) AS `distributor`
                          FROM (
                            SELECT
                              COALESCE(`t5`.`root`, `t28`.`subject_id`) AS `customer_id`,
                              `t28`.`at_ms`,
                              `t28`.`channel`,
                              `t28`.`campaign`,
                              `t28`.`distributor`
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
                                COALESCE(
                                  REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                                  ''
                                ) AS `campaign`,
                                COALESCE(
                                  REGEXP_EXTRACT(COALESCE(`t19`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                            ) AS `t28`
                            LEFT OUTER JOIN (
                              SELECT
                                `t1`.`subject_id` AS `mapped_subject`,
                                `t1`.`customer_id` AS `root`
                              FROM `subject_map` AS `t1`
                            ) AS `t5`
                              ON `t28`.`subject_id` = `t5`.`mapped_subject`
                          ) AS `t32`
                          GROUP BY
                            1,
                            2
                        ) AS `t35`
                        INNER JOIN `t22` AS `t26`
                          ON `t35`.`customer_id` = `t26`.`customer_id`
                      ) AS `t40`
                      WHERE
                        `t40`.`at_ms` <= `t40`.`first_ms`
                    ) AS `t43`
                    GROUP BY
                      1
                  ) AS `t46`
                    ON `t35`.`customer_id` = `t46`.`customer_id` AND `t35`.`at_ms` = `t46`.`earliest_ms`
                ) AS `t49`
              ) AS `t52`
                ON `t25`.`customer_id` = `t52`.`customer_id`
            ) AS `t55`
          ) AS `t57`
          LEFT OUTER JOIN (
            SELECT
              `t50`.`customer_id`,
              `t50`.`channel` AS `touch_channel`,
              `t50`.`campaign` AS `touch_campaign`,
              `t50`.`distributor` AS `touch_distributor`
            FROM (
              SELECT
                `t38`.`customer_id`,
                `t38`.`channel`,
                `t38`.`campaign`,
                `t38`.`distributor`
              FROM (
                SELECT
                  `t33`.`customer_id`,
                  `t33`.`at_ms`,
                  MIN(`t33`.`channel`) AS `channel`,
                  MIN(`t33`.`campaign`) AS `campaign`,
                  MIN(`t33`.`distributor`) AS `distributor`
                FROM (
                  SELECT
                    COALESCE(`t5`.`root`, `t30`.`subject_id`) AS `customer_id`,
                    `t30`.`at_ms`,
                    `t30`.`channel`,
                    `t30`.`campaign`,
                    `t30`.`distributor`
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
                      COALESCE(
                        REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                        ''
                      ) AS `campaign`,
                      COALESCE(
                        REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                  ) AS `t30`
                  LEFT OUTER JOIN (
                    SELECT
                      `t1`.`subject_id` AS `mapped_subject`,
                      `t1`.`customer_id` AS `root`
                    FROM `subject_map` AS `t1`
                  ) AS `t5`
                    ON `t30`.`subject_id` = `t5`.`mapped_subject`
                ) AS `t33`
                GROUP BY
                  1,
                  2
              ) AS `t38`
              INNER JOIN (
                SELECT
                  `t44`.`customer_id`,
                  MIN(`t44`.`at_ms`) AS `earliest_ms`
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      `t38`.`customer_id`,
                      `t38`.`at_ms`,
                      `t38`.`channel`,
                      `t38`.`campaign`,
                      `t38`.`distributor`,
                      `t26`.`first_ms`,
                      `t26`.`first_day`
                    FROM (
                      SELECT
                        `t33`.`customer_id`,
                        `t33`.`at_ms`,
                        MIN(`t33`.`channel`) AS `channel`,
                        MIN(`t33`.`campaign`) AS `campaign`,
                        MIN(`t33`.`distributor`) AS `distributor`
                      FROM (
                        SELECT
                          COALESCE(`t5`.`root`, `t30`.`subject_id`) AS `customer_id`,
                          `t30`.`at_ms`,
                          `t30`.`channel`,
                          `t30`.`campaign`,
                          `t30`.`distributor`
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
                            COALESCE(
                              REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                              ''
                            ) AS `campaign`,
                            COALESCE(
                              REGEXP_EXTRACT(COALESCE(`t21`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                        ) AS `t30`
                        LEFT OUTER JOIN (
                          SELECT
                            `t1`.`subject_id` AS `mapped_subject`,
                            `t1`.`customer_id` AS `root`
                          FROM `subject_map` AS `t1`
                        ) AS `t5`
                          ON `t30`.`subject_id` = `t5`.`mapped_subject`
                      ) AS `t33`
                      GROUP BY
                        1,
                        2
                    ) AS `t38`
                    INNER JOIN `t22` AS `t26`
                      ON `t38`.`customer_id` = `t26`.`customer_id`
                  ) AS `t42`
                  WHERE
                    `t42`.`at_ms` <= `t42`.`first_ms`
                ) AS `t44`
                GROUP BY
                  1
              ) AS `t48`
                ON `t38`.`customer_id` = `t48`.`customer_id` AND `t38`.`at_ms` = `t48`.`earliest_ms`
            ) AS `t50`
          ) AS `t54`
            ON `t57`.`customer_id` = `t54`.`customer_id`
        ) AS `t58`
      ) AS `t59`
    ) AS `t61`
      ON `t41`.`customer_id` = `t61`.`customer_id`
  ) AS `t62`
) AS `t63`
ORDER BY
  `t63`.`customer_id` ASC NULLS LAST
