WITH `t3` AS (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`subject_id` IS NOT NULL AND `t0`.`kind` = 'order.paid'
), `t9` AS (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`subject_id` IS NOT NULL
    AND NOT (
      `t0`.`kind` IN (
        'customer.merged',
        'customer.unmerged',
        'message.delivered',
        'message.failed',
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
  *
FROM (
  SELECT
    `t43`.`channel`,
    COUNT(*) AS `customers`,
    COALESCE(CAST(SUM(`t43`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t43`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
  FROM (
    SELECT
      `t32`.`customer_id`,
      `t32`.`first_day`,
      `t32`.`last_day`,
      `t32`.`days`,
      `t32`.`orders`,
      `t32`.`revenue_fen`,
      `t32`.`first_day_fen`,
      `t32`.`refunds_fen`,
      `t32`.`margin_mfen`,
      `t42`.`channel`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t22`.`customer_id`,
          MIN(IF(`t22`.`orders` > 0, `t22`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
          MAX(IF(`t22`.`orders` > 0, `t22`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
          COUNT(IF(`t22`.`orders` > 0, 1, CAST(NULL AS BIGINT))) AS `days`,
          COALESCE(CAST(SUM(`t22`.`orders`) AS BIGINT), 0) AS `orders`,
          COALESCE(CAST(SUM(`t22`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
          MIN_BY(
            `t22`.`revenue_fen`,
            COALESCE(IF(`t22`.`orders` > 0, `t22`.`local_day`, CAST(NULL AS INT)), 2147483647)
          ) AS `first_day_fen`,
          COALESCE(CAST(SUM(`t22`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
          COALESCE(CAST(SUM(`t22`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
        FROM (
          SELECT
            `t19`.`customer_id`,
            `t19`.`local_day`,
            `t19`.`orders`,
            `t19`.`revenue_fen`,
            `t19`.`refunds_fen`,
            (
              `t19`.`revenue_fen` - `t19`.`refunds_fen`
            ) * 1000 AS `margin_mfen`
          FROM (
            SELECT
              `t14`.`customer_id`,
              `t14`.`local_day`,
              COUNT(IF(`t14`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
              COALESCE(
                CAST(SUM(IF(`t14`.`kind` = 'order.paid', `t14`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                0
              ) AS `revenue_fen`,
              COALESCE(
                CAST(SUM(IF(`t14`.`kind` = 'order.refunded', `t14`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                0
              ) AS `refunds_fen`
            FROM (
              SELECT
                COALESCE(`t7`.`root`, `t5`.`subject_id`) AS `customer_id`,
                `t5`.`local_day`,
                `t5`.`kind`,
                `t5`.`amount_fen`
              FROM (
                SELECT
                  `t0`.`subject_id`,
                  `t0`.`local_day`,
                  `t0`.`kind`,
                  `t0`.`amount_fen`
                FROM `touchpoints` AS `t0`
                WHERE
                  `t0`.`kind` IN ('order.paid', 'order.refunded')
                  AND `t0`.`subject_id` IS NOT NULL
                  AND `t0`.`local_day` <= 19723
              ) AS `t5`
              LEFT OUTER JOIN (
                SELECT
                  `t1`.`subject_id` AS `mapped_subject`,
                  `t1`.`customer_id` AS `root`
                FROM `subject_map` AS `t1`
                WHERE
                  `t1`.`customer_id` <> `t1`.`subject_id`
              ) AS `t7`
                ON `t5`.`subject_id` = `t7`.`mapped_subject`
            ) AS `t14`
            GROUP BY
              1,
              2
          ) AS `t19`
        ) AS `t22`
        GROUP BY
          1
      ) AS `t27`
      WHERE
        `t27`.`orders` > 0
    ) AS `t32`
    INNER JOIN (
      SELECT
        `t40`.`customer_id`,
        IF(
          COALESCE(`t40`.`touch_at_ms` <= `t40`.`first_ms`, FALSE)
          AND (
            (
              `t40`.`touch_channel` IS NOT NULL
            ) AND (
              `t40`.`touch_channel` <> ''
            )
          ),
          `t40`.`touch_channel`,
          `t40`.`order_channel`
        ) AS `channel`
      FROM (
        SELECT
          `t39`.`customer_id`,
          `t39`.`first_ms`,
          `t39`.`first_day`,
          `t39`.`order_channel`,
          `t39`.`order_campaign`,
          `t39`.`order_distributor`,
          `t39`.`touch_at_ms`,
          `t39`.`touch_channel`,
          `t39`.`touch_campaign`,
          `t39`.`touch_distributor`
        FROM (
          SELECT
            `t35`.`customer_id`,
            `t35`.`first_ms`,
            `t35`.`first_day`,
            `t35`.`order_channel`,
            `t35`.`order_campaign`,
            `t35`.`order_distributor`,
            `t38`.`customer_id` AS `customer_id_right`,
            `t38`.`touch_at_ms`,
            `t38`.`touch_channel`,
            `t38`.`touch_campaign`,
            `t38`.`touch_distributor`
          FROM (
            SELECT
              `t31`.`customer_id`,
              `t31`.`at_ms` AS `first_ms`,
              `t31`.`local_day` AS `first_day`,
              `t31`.`channel` AS `order_channel`,
              `t31`.`campaign` AS `order_campaign`,
              `t31`.`distributor` AS `order_distributor`
            FROM (
              SELECT
                `t28`.`customer_id`,
                MIN(`t28`.`at_ms`) AS `at_ms`,
                MIN(`t28`.`local_day`) AS `local_day`,
                MIN_BY(`t28`.`channel`, `t28`.`at_ms`) AS `channel`,
                MIN_BY(`t28`.`campaign`, `t28`.`at_ms`) AS `campaign`,
                MIN_BY(`t28`.`distributor`, `t28`.`at_ms`) AS `distributor`
              FROM (
                SELECT
                  `t25`.`customer_id`,
                  `t25`.`at_ms`,
                  MIN(`t25`.`local_day`) AS `local_day`,
                  MIN(`t25`.`channel`) AS `channel`,
                  MIN(`t25`.`campaign`) AS `campaign`,
                  MIN(`t25`.`distributor`) AS `distributor`
                FROM (
                  SELECT
                    COALESCE(`t7`.`root`, `t21`.`subject_id`) AS `customer_id`,
                    `t21`.`at_ms`,
                    `t21`.`local_day`,
                    `t21`.`channel`,
                    `t21`.`campaign`,
                    `t21`.`distributor`
                  FROM (
                    SELECT
                      `t17`.`subject_id`,
                      `t17`.`at_ms`,
                      `t17`.`local_day`,
                      IF(
                        STARTSWITH(`t17`.`kind`, 'order.') AND (
                          COALESCE(`t17`.`channel`, '') = ''
                        ),
                        COALESCE(`t17`.`source`, ''),
                        COALESCE(`t17`.`channel`, '')
                      ) AS `channel`,
                      IF(
                        CONTAINS(COALESCE(`t17`.`payload`, ''), '"campaign":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t17`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ),
                        ''
                      ) AS `campaign`,
                      IF(
                        CONTAINS(COALESCE(`t17`.`payload`, ''), '"distributor":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t17`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                      FROM `t3` AS `t8`
                      INNER JOIN (
                        SELECT
                          `t6`.`subject_id`,
                          MIN(`t6`.`occurred_ms`) AS `at_ms`
                        FROM `t3` AS `t6`
                        GROUP BY
                          1
                      ) AS `t13`
                        ON `t8`.`subject_id` = `t13`.`subject_id`
                    ) AS `t17`
                    WHERE
                      `t17`.`occurred_ms` = `t17`.`at_ms`
                  ) AS `t21`
                  LEFT OUTER JOIN (
                    SELECT
                      `t1`.`subject_id` AS `mapped_subject`,
                      `t1`.`customer_id` AS `root`
                    FROM `subject_map` AS `t1`
                    WHERE
                      `t1`.`customer_id` <> `t1`.`subject_id`
                  ) AS `t7`
                    ON `t21`.`subject_id` = `t7`.`mapped_subject`
                ) AS `t25`
                GROUP BY
                  1,
                  2
              ) AS `t28`
              GROUP BY
                1
            ) AS `t31`
          ) AS `t35`
          LEFT OUTER JOIN (
            SELECT
              `t36`.`customer_id`,
              `t36`.`at_ms` AS `touch_at_ms`,
              `t36`.`channel` AS `touch_channel`,
              `t36`.`campaign` AS `touch_campaign`,
              `t36`.`distributor` AS `touch_distributor`
            FROM (
              SELECT
                `t34`.`customer_id`,
                `t34`.`at_ms`,
                `t34`.`channel`,
                `t34`.`campaign`,
                `t34`.`distributor`
              FROM (
                SELECT
                  `t29`.`customer_id`,
                  MIN(`t29`.`at_ms`) AS `at_ms`,
                  MIN(`t29`.`local_day`) AS `local_day`,
                  MIN_BY(`t29`.`channel`, `t29`.`at_ms`) AS `channel`,
                  MIN_BY(`t29`.`campaign`, `t29`.`at_ms`) AS `campaign`,
                  MIN_BY(`t29`.`distributor`, `t29`.`at_ms`) AS `distributor`
                FROM (
                  SELECT
                    `t26`.`customer_id`,
                    `t26`.`at_ms`,
                    MIN(`t26`.`local_day`) AS `local_day`,
                    MIN(`t26`.`channel`) AS `channel`,
                    MIN(`t26`.`campaign`) AS `campaign`,
                    MIN(`t26`.`distributor`) AS `distributor`
                  FROM (
                    SELECT
                      COALESCE(`t7`.`root`, `t24`.`subject_id`) AS `customer_id`,
                      `t24`.`at_ms`,
                      `t24`.`local_day`,
                      `t24`.`channel`,
                      `t24`.`campaign`,
                      `t24`.`distributor`
                    FROM (
                      SELECT
                        `t18`.`subject_id`,
                        `t18`.`at_ms`,
                        `t18`.`local_day`,
                        IF(
                          STARTSWITH(`t18`.`kind`, 'order.') AND (
                            COALESCE(`t18`.`channel`, '') = ''
                          ),
                          COALESCE(`t18`.`source`, ''),
                          COALESCE(`t18`.`channel`, '')
                        ) AS `channel`,
                        IF(
                          CONTAINS(COALESCE(`t18`.`payload`, ''), '"campaign":"'),
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                            ''
                          ),
                          ''
                        ) AS `campaign`,
                        IF(
                          CONTAINS(COALESCE(`t18`.`payload`, ''), '"distributor":"'),
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
                            ''
                          ),
                          ''
                        ) AS `distributor`
                      FROM (
                        SELECT
                          `t12`.`id`,
                          `t12`.`source`,
                          `t12`.`kind`,
                          `t12`.`channel`,
                          `t12`.`subject_id`,
                          `t12`.`occurred_ms`,
                          `t12`.`local_day`,
                          `t12`.`local_month`,
                          `t12`.`amount_fen`,
                          `t12`.`quantity`,
                          `t12`.`bucket`,
                          `t12`.`payload`,
                          `t16`.`at_ms`
                        FROM `t9` AS `t12`
                        INNER JOIN (
                          SELECT
                            `t10`.`subject_id`,
                            MIN(`t10`.`occurred_ms`) AS `at_ms`
                          FROM `t9` AS `t10`
                          GROUP BY
                            1
                        ) AS `t16`
                          ON `t12`.`subject_id` = `t16`.`subject_id`
                      ) AS `t18`
                      WHERE
                        `t18`.`occurred_ms` = `t18`.`at_ms`
                    ) AS `t24`
                    LEFT OUTER JOIN (
                      SELECT
                        `t1`.`subject_id` AS `mapped_subject`,
                        `t1`.`customer_id` AS `root`
                      FROM `subject_map` AS `t1`
                      WHERE
                        `t1`.`customer_id` <> `t1`.`subject_id`
                    ) AS `t7`
                      ON `t24`.`subject_id` = `t7`.`mapped_subject`
                  ) AS `t26`
                  GROUP BY
                    1,
                    2
                ) AS `t29`
                GROUP BY
                  1
              ) AS `t34`
            ) AS `t36`
          ) AS `t38`
            ON `t35`.`customer_id` = `t38`.`customer_id`
        ) AS `t39`
      ) AS `t40`
    ) AS `t42`
      ON `t32`.`customer_id` = `t42`.`customer_id`
  ) AS `t43`
  GROUP BY
    1
) AS `t44`
ORDER BY
  `t44`.`channel` ASC NULLS LAST
