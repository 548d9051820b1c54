WITH `t3` AS (
  SELECT
    *
  FROM `touchpoints` AS `t1`
  WHERE
    `t1`.`subject_id` IS NOT NULL AND `t1`.`kind` = 'order.paid'
), `t6` AS (
  SELECT
    *
  FROM `touchpoints` AS `t1`
  WHERE
    `t1`.`subject_id` IS NOT NULL
    AND NOT (
      `t1`.`kind` IN (
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
      STARTSWITH(`t1`.`kind`, 'order.')
    )
    AND (
      (
        (
          `t1`.`channel` IS NOT NULL
        ) AND (
          `t1`.`channel` <> ''
        )
      )
      OR CONTAINS(`t1`.`payload`, '"campaign":"')
    )
)
SELECT
  *
FROM (
  SELECT
    `t33`.`first_day`,
    `t33`.`channel`,
    `t33`.`campaign`,
    `t33`.`distributor`,
    `t33`.`told`,
    COUNT(*) AS `customers`
  FROM (
    SELECT
      `t32`.`customer_id`,
      `t32`.`first_day`,
      IF(
        COALESCE(`t32`.`touch_at_ms` <= `t32`.`first_ms`, FALSE)
        AND (
          (
            `t32`.`touch_channel` IS NOT NULL
          ) AND (
            `t32`.`touch_channel` <> ''
          )
        ),
        `t32`.`touch_channel`,
        `t32`.`order_channel`
      ) AS `channel`,
      IF(
        COALESCE(`t32`.`touch_at_ms` <= `t32`.`first_ms`, FALSE),
        `t32`.`touch_campaign`,
        `t32`.`order_campaign`
      ) AS `campaign`,
      IF(
        COALESCE(`t32`.`touch_at_ms` <= `t32`.`first_ms`, FALSE),
        `t32`.`touch_distributor`,
        `t32`.`order_distributor`
      ) AS `distributor`,
      CASE
        WHEN COALESCE(`t32`.`touch_at_ms` <= `t32`.`first_ms`, FALSE)
        THEN 1
        WHEN (
          `t32`.`order_channel` IS NOT NULL
        ) AND (
          `t32`.`order_channel` <> ''
        )
        THEN 2
        ELSE 0
      END AS `told`
    FROM (
      SELECT
        `t31`.`customer_id`,
        `t31`.`first_ms`,
        `t31`.`first_day`,
        `t31`.`order_channel`,
        `t31`.`order_campaign`,
        `t31`.`order_distributor`,
        `t31`.`touch_at_ms`,
        `t31`.`touch_channel`,
        `t31`.`touch_campaign`,
        `t31`.`touch_distributor`
      FROM (
        SELECT
          `t28`.`customer_id`,
          `t28`.`first_ms`,
          `t28`.`first_day`,
          `t28`.`order_channel`,
          `t28`.`order_campaign`,
          `t28`.`order_distributor`,
          `t30`.`customer_id` AS `customer_id_right`,
          `t30`.`touch_at_ms`,
          `t30`.`touch_channel`,
          `t30`.`touch_campaign`,
          `t30`.`touch_distributor`
        FROM (
          SELECT
            `t24`.`customer_id`,
            `t24`.`at_ms` AS `first_ms`,
            `t24`.`local_day` AS `first_day`,
            `t24`.`channel` AS `order_channel`,
            `t24`.`campaign` AS `order_campaign`,
            `t24`.`distributor` AS `order_distributor`
          FROM (
            SELECT
              `t22`.`customer_id`,
              MIN(`t22`.`at_ms`) AS `at_ms`,
              MIN(`t22`.`local_day`) AS `local_day`,
              MIN_BY(`t22`.`channel`, `t22`.`at_ms`) AS `channel`,
              MIN_BY(`t22`.`campaign`, `t22`.`at_ms`) AS `campaign`,
              MIN_BY(`t22`.`distributor`, `t22`.`at_ms`) AS `distributor`
            FROM (
              SELECT
                `t20`.`customer_id`,
                `t20`.`at_ms`,
                MIN(`t20`.`local_day`) AS `local_day`,
                MIN(`t20`.`channel`) AS `channel`,
                MIN(`t20`.`campaign`) AS `campaign`,
                MIN(`t20`.`distributor`) AS `distributor`
              FROM (
                SELECT
                  COALESCE(`t4`.`root`, `t17`.`subject_id`) AS `customer_id`,
                  `t17`.`at_ms`,
                  `t17`.`local_day`,
                  `t17`.`channel`,
                  `t17`.`campaign`,
                  `t17`.`distributor`
                FROM (
                  SELECT
                    `t14`.`subject_id`,
                    `t14`.`at_ms`,
                    `t14`.`local_day`,
                    IF(
                      STARTSWITH(`t14`.`kind`, 'order.') AND (
                        COALESCE(`t14`.`channel`, '') = ''
                      ),
                      COALESCE(`t14`.`source`, ''),
                      COALESCE(`t14`.`channel`, '')
                    ) AS `channel`,
                    IF(
                      CONTAINS(COALESCE(`t14`.`payload`, ''), '"campaign":"'),
                      COALESCE(
                        REGEXP_EXTRACT(COALESCE(`t14`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                        ''
                      ),
                      ''
                    ) AS `campaign`,
                    IF(
                      CONTAINS(COALESCE(`t14`.`payload`, ''), '"distributor":"'),
                      COALESCE(
                        REGEXP_EXTRACT(COALESCE(`t14`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
                        ''
                      ),
                      ''
                    ) AS `distributor`
                  FROM (
                    SELECT
                      `t7`.`id`,
                      `t7`.`source`,
                      `t7`.`kind`,
                      `t7`.`channel`,
                      `t7`.`subject_id`,
                      `t7`.`occurred_ms`,
                      `t7`.`local_day`,
                      `t7`.`local_month`,
                      `t7`.`amount_fen`,
                      `t7`.`quantity`,
                      `t7`.`bucket`,
                      `t7`.`payload`,
                      `t11`.`at_ms`
                    FROM `t3` AS `t7`
                    INNER JOIN (
                      SELECT
                        `t5`.`subject_id`,
                        MIN(`t5`.`occurred_ms`) AS `at_ms`
                      FROM `t3` AS `t5`
                      GROUP BY
                        1
                    ) AS `t11`
                      ON `t7`.`subject_id` = `t11`.`subject_id`
                  ) AS `t14`
                  WHERE
                    `t14`.`occurred_ms` = `t14`.`at_ms`
                ) AS `t17`
                LEFT OUTER JOIN (
                  SELECT
                    `t0`.`subject_id` AS `mapped_subject`,
                    `t0`.`customer_id` AS `root`
                  FROM `subject_map` AS `t0`
                  WHERE
                    `t0`.`customer_id` <> `t0`.`subject_id`
                ) AS `t4`
                  ON `t17`.`subject_id` = `t4`.`mapped_subject`
              ) AS `t20`
              GROUP BY
                1,
                2
            ) AS `t22`
            GROUP BY
              1
          ) AS `t24`
        ) AS `t28`
        LEFT OUTER JOIN (
          SELECT
            `t27`.`customer_id`,
            `t27`.`at_ms` AS `touch_at_ms`,
            `t27`.`channel` AS `touch_channel`,
            `t27`.`campaign` AS `touch_campaign`,
            `t27`.`distributor` AS `touch_distributor`
          FROM (
            SELECT
              `t25`.`customer_id`,
              `t25`.`at_ms`,
              `t25`.`channel`,
              `t25`.`campaign`,
              `t25`.`distributor`
            FROM (
              SELECT
                `t23`.`customer_id`,
                MIN(`t23`.`at_ms`) AS `at_ms`,
                MIN(`t23`.`local_day`) AS `local_day`,
                MIN_BY(`t23`.`channel`, `t23`.`at_ms`) AS `channel`,
                MIN_BY(`t23`.`campaign`, `t23`.`at_ms`) AS `campaign`,
                MIN_BY(`t23`.`distributor`, `t23`.`at_ms`) AS `distributor`
              FROM (
                SELECT
                  `t21`.`customer_id`,
                  `t21`.`at_ms`,
                  MIN(`t21`.`local_day`) AS `local_day`,
                  MIN(`t21`.`channel`) AS `channel`,
                  MIN(`t21`.`campaign`) AS `campaign`,
                  MIN(`t21`.`distributor`) AS `distributor`
                FROM (
                  SELECT
                    COALESCE(`t4`.`root`, `t19`.`subject_id`) AS `customer_id`,
                    `t19`.`at_ms`,
                    `t19`.`local_day`,
                    `t19`.`channel`,
                    `t19`.`campaign`,
                    `t19`.`distributor`
                  FROM (
                    SELECT
                      `t15`.`subject_id`,
                      `t15`.`at_ms`,
                      `t15`.`local_day`,
                      IF(
                        STARTSWITH(`t15`.`kind`, 'order.') AND (
                          COALESCE(`t15`.`channel`, '') = ''
                        ),
                        COALESCE(`t15`.`source`, ''),
                        COALESCE(`t15`.`channel`, '')
                      ) AS `channel`,
                      IF(
                        CONTAINS(COALESCE(`t15`.`payload`, ''), '"campaign":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t15`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ),
                        ''
                      ) AS `campaign`,
                      IF(
                        CONTAINS(COALESCE(`t15`.`payload`, ''), '"distributor":"'),
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t15`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ),
                        ''
                      ) AS `distributor`
                    FROM (
                      SELECT
                        `t9`.`id`,
                        `t9`.`source`,
                        `t9`.`kind`,
                        `t9`.`channel`,
                        `t9`.`subject_id`,
                        `t9`.`occurred_ms`,
                        `t9`.`local_day`,
                        `t9`.`local_month`,
                        `t9`.`amount_fen`,
                        `t9`.`quantity`,
                        `t9`.`bucket`,
                        `t9`.`payload`,
                        `t13`.`at_ms`
                      FROM `t6` AS `t9`
                      INNER JOIN (
                        SELECT
                          `t8`.`subject_id`,
                          MIN(`t8`.`occurred_ms`) AS `at_ms`
                        FROM `t6` AS `t8`
                        GROUP BY
                          1
                      ) AS `t13`
                        ON `t9`.`subject_id` = `t13`.`subject_id`
                    ) AS `t15`
                    WHERE
                      `t15`.`occurred_ms` = `t15`.`at_ms`
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t0`.`subject_id` AS `mapped_subject`,
                      `t0`.`customer_id` AS `root`
                    FROM `subject_map` AS `t0`
                    WHERE
                      `t0`.`customer_id` <> `t0`.`subject_id`
                  ) AS `t4`
                    ON `t19`.`subject_id` = `t4`.`mapped_subject`
                ) AS `t21`
                GROUP BY
                  1,
                  2
              ) AS `t23`
              GROUP BY
                1
            ) AS `t25`
          ) AS `t27`
        ) AS `t30`
          ON `t28`.`customer_id` = `t30`.`customer_id`
      ) AS `t31`
    ) AS `t32`
  ) AS `t33`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t34`
ORDER BY
  `t34`.`first_day` ASC NULLS LAST,
  `t34`.`channel` ASC NULLS LAST,
  `t34`.`campaign` ASC NULLS LAST,
  `t34`.`distributor` ASC NULLS LAST,
  `t34`.`told` ASC NULLS LAST
