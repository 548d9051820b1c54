WITH `t4` AS (
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
), `t19` AS (
  SELECT
    `t17`.`customer_id`,
    MIN(`t17`.`first_ms`) AS `first_ms`,
    MIN(`t17`.`first_day`) AS `first_day`
  FROM (
    SELECT
      COALESCE(`t3`.`root`, `t13`.`subject_id`) AS `customer_id`,
      `t13`.`first_ms`,
      `t13`.`first_day`
    FROM (
      SELECT
        `t5`.`subject_id`,
        MIN(`t5`.`occurred_ms`) AS `first_ms`,
        MIN(`t5`.`local_day`) AS `first_day`
      FROM `t4` AS `t5`
      GROUP BY
        1
    ) AS `t13`
    LEFT OUTER JOIN (
      SELECT
        `t0`.`subject_id` AS `mapped_subject`,
        `t0`.`customer_id` AS `root`
      FROM `subject_map` AS `t0`
    ) AS `t3`
      ON `t13`.`subject_id` = `t3`.`mapped_subject`
  ) AS `t17`
  GROUP BY
    1
)
SELECT
  *
FROM (
  SELECT
    `t52`.`first_day`,
    `t52`.`channel`,
    `t52`.`campaign`,
    `t52`.`distributor`,
    `t52`.`told`,
    COUNT(*) AS `customers`
  FROM (
    SELECT
      `t51`.`customer_id`,
      `t51`.`first_day`,
      IF(
        (
          `t51`.`touch_channel` IS NOT NULL
        ) AND (
          `t51`.`touch_channel` <> ''
        ),
        `t51`.`touch_channel`,
        COALESCE(`t51`.`order_channel`, '')
      ) AS `channel`,
      IF(
        `t51`.`touch_channel` IS NOT NULL,
        `t51`.`touch_campaign`,
        COALESCE(`t51`.`order_campaign`, '')
      ) AS `campaign`,
      IF(
        `t51`.`touch_channel` IS NOT NULL,
        `t51`.`touch_distributor`,
        COALESCE(`t51`.`order_distributor`, '')
      ) AS `distributor`,
      CASE
        WHEN `t51`.`touch_channel` IS NOT NULL
        THEN 1
        WHEN (
          `t51`.`order_channel` IS NOT NULL
        ) AND (
          `t51`.`order_channel` <> ''
        )
        THEN 2
        ELSE 0
      END AS `told`
    FROM (
      SELECT
        `t50`.`customer_id`,
        `t50`.`first_ms`,
        `t50`.`first_day`,
        `t50`.`order_channel`,
        `t50`.`order_campaign`,
        `t50`.`order_distributor`,
        `t50`.`touch_channel`,
        `t50`.`touch_campaign`,
        `t50`.`touch_distributor`
      FROM (
        SELECT
          `t49`.`customer_id`,
          `t49`.`first_ms`,
          `t49`.`first_day`,
          `t49`.`order_channel`,
          `t49`.`order_campaign`,
          `t49`.`order_distributor`,
          `t46`.`customer_id` AS `customer_id_right`,
          `t46`.`touch_channel`,
          `t46`.`touch_campaign`,
          `t46`.`touch_distributor`
        FROM (
          SELECT
            `t47`.`customer_id`,
            `t47`.`first_ms`,
            `t47`.`first_day`,
            `t47`.`order_channel`,
            `t47`.`order_campaign`,
            `t47`.`order_distributor`
          FROM (
            SELECT
              `t21`.`customer_id`,
              `t21`.`first_ms`,
              `t21`.`first_day`,
              `t44`.`customer_id` AS `customer_id_right`,
              `t44`.`order_channel`,
              `t44`.`order_campaign`,
              `t44`.`order_distributor`
            FROM `t19` AS `t21`
            LEFT OUTER JOIN (
              SELECT
                `t41`.`customer_id`,
                `t41`.`channel` AS `order_channel`,
                `t41`.`campaign` AS `order_campaign`,
                `t41`.`distributor` AS `order_distributor`
              FROM (
                SELECT
                  `t30`.`customer_id`,
                  `t30`.`channel`,
                  `t30`.`campaign`,
                  `t30`.`distributor`
                FROM (
                  SELECT
                    `t27`.`customer_id`,
                    `t27`.`at_ms`,
                    MIN(`t27`.`channel`) AS `channel`,
                    MIN(`t27`.`campaign`) AS `campaign`,
                    MIN(`t27`.`distributor`) AS `distributor`
                  FROM (
                    SELECT
                      COALESCE(`t3`.`root`, `t24`.`subject_id`) AS `customer_id`,
                      `t24`.`at_ms`,
                      `t24`.`channel`,
                      `t24`.`campaign`,
                      `t24`.`distributor`
                    FROM (
                      SELECT
                        `t16`.`subject_id`,
                        `t16`.`at_ms`,
                        IF(
                          STARTSWITH(`t16`.`kind`, 'order.') AND (
                            COALESCE(`t16`.`channel`, '') = ''
                          ),
                          COALESCE(`t16`.`source`, ''),
                          COALESCE(`t16`.`channel`, '')
                        ) AS `channel`,
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t16`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                          ''
                        ) AS `campaign`,
                        COALESCE(
                          REGEXP_EXTRACT(COALESCE(`t16`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                          `t12`.`at_ms`
                        FROM `t4` AS `t7`
                        INNER JOIN (
                          SELECT
                            `t5`.`subject_id`,
                            MIN(`t5`.`occurred_ms`) AS `at_ms`
                          FROM `t4` AS `t5`
                          GROUP BY
                            1
                        ) AS `t12`
                          ON `t7`.`subject_id` = `t12`.`subject_id`
                      ) AS `t16`
                      WHERE
                        `t16`.`occurred_ms` = `t16`.`at_ms`
                    ) AS `t24`
                    LEFT OUTER JOIN (
                      SELECT
                        `t0`.`subject_id` AS `mapped_subject`,
                        `t0`.`customer_id` AS `root`
                      FROM `subject_map` AS `t0`
                    ) AS `t3`
                      ON `t24`.`subject_id` = `t3`.`mapped_subject`
                  ) AS `t27`
                  GROUP BY
                    1,
                    2
                ) AS `t30`
                INNER JOIN (
                  SELECT
                    `t35`.`customer_id`,
                    MIN(`t35`.`at_ms`) AS `earliest_ms`
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        `t30`.`customer_id`,
                        `t30`.`at_ms`,
                        `t30`.`channel`,
                        `t30`.`campaign`,
                        `t30`.`distributor`,
                        `t22`.`first_ms`,
                        `t22`.`first_day`
                      FROM (
                        SELECT
                          `t27`.`customer_id`,
                          `t27`.`at_ms`,
                          MIN(`t27`.`channel`) AS `channel`,
                          MIN(`t27`.`campaign`) AS `campaign`,
                          MIN(`t27`.`distributor`) AS `distributor`
                        FROM (
                          SELECT
                            COALESCE(`t3`.`root`, `t24`.`subject_id`) AS `customer_id`,
                            `t24`.`at_ms`,
                            `t24`.`channel`,
                            `t24`.`campaign`,
                            `t24`.`distributor`
                          FROM (
                            SELECT
                              `t16`.`subject_id`,
                              `t16`.`at_ms`,
                              IF(
                                STARTSWITH(`t16`.`kind`, 'order.') AND (
                                  COALESCE(`t16`.`channel`, '') = ''
                                ),
                                COALESCE(`t16`.`source`, ''),
                                COALESCE(`t16`.`channel`, '')
                              ) AS `channel`,
                              COALESCE(
                                REGEXP_EXTRACT(COALESCE(`t16`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                                ''
                              ) AS `campaign`,
                              COALESCE(
                                REGEXP_EXTRACT(COALESCE(`t16`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                                `t12`.`at_ms`
                              FROM `t4` AS `t7`
                              INNER JOIN (
                                SELECT
                                  `t5`.`subject_id`,
                                  MIN(`t5`.`occurred_ms`) AS `at_ms`
                                FROM `t4` AS `t5`
                                GROUP BY
                                  1
                              ) AS `t12`
                                ON `t7`.`subject_id` = `t12`.`subject_id`
                            ) AS `t16`
                            WHERE
                              `t16`.`occurred_ms` = `t16`.`at_ms`
                          ) AS `t24`
                          LEFT OUTER JOIN (
                            SELECT
                              `t0`.`subject_id` AS `mapped_subject`,
                              `t0`.`customer_id` AS `root`
                            FROM `subject_map` AS `t0`
                          ) AS `t3`
                            ON `t24`.`subject_id` = `t3`.`mapped_subject`
                        ) AS `t27`
                        GROUP BY
                          1,
                          2
                      ) AS `t30`
                      INNER JOIN `t19` AS `t22`
                        ON `t30`.`customer_id` = `t22`.`customer_id`
                    ) AS `t33`
                    WHERE
                      `t33`.`at_ms` <= `t33`.`first_ms`
                  ) AS `t35`
                  GROUP BY
                    1
                ) AS `t38`
                  ON `t30`.`customer_id` = `t38`.`customer_id` AND `t30`.`at_ms` = `t38`.`earliest_ms`
              ) AS `t41`
            ) AS `t44`
              ON `t21`.`customer_id` = `t44`.`customer_id`
          ) AS `t47`
        ) AS `t49`
        LEFT OUTER JOIN (
          SELECT
            `t42`.`customer_id`,
            `t42`.`channel` AS `touch_channel`,
            `t42`.`campaign` AS `touch_campaign`,
            `t42`.`distributor` AS `touch_distributor`
          FROM (
            SELECT
              `t32`.`customer_id`,
              `t32`.`channel`,
              `t32`.`campaign`,
              `t32`.`distributor`
            FROM (
              SELECT
                `t28`.`customer_id`,
                `t28`.`at_ms`,
                MIN(`t28`.`channel`) AS `channel`,
                MIN(`t28`.`campaign`) AS `campaign`,
                MIN(`t28`.`distributor`) AS `distributor`
              FROM (
                SELECT
                  COALESCE(`t3`.`root`, `t26`.`subject_id`) AS `customer_id`,
                  `t26`.`at_ms`,
                  `t26`.`channel`,
                  `t26`.`campaign`,
                  `t26`.`distributor`
                FROM (
                  SELECT
                    `t18`.`subject_id`,
                    `t18`.`at_ms`,
                    IF(
                      STARTSWITH(`t18`.`kind`, 'order.') AND (
                        COALESCE(`t18`.`channel`, '') = ''
                      ),
                      COALESCE(`t18`.`source`, ''),
                      COALESCE(`t18`.`channel`, '')
                    ) AS `channel`,
                    COALESCE(
                      REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                      ''
                    ) AS `campaign`,
                    COALESCE(
                      REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                      `t15`.`at_ms`
                    FROM `t6` AS `t9`
                    INNER JOIN (
                      SELECT
                        `t8`.`subject_id`,
                        MIN(`t8`.`occurred_ms`) AS `at_ms`
                      FROM `t6` AS `t8`
                      GROUP BY
                        1
                    ) AS `t15`
                      ON `t9`.`subject_id` = `t15`.`subject_id`
                  ) AS `t18`
                  WHERE
                    `t18`.`occurred_ms` = `t18`.`at_ms`
                ) AS `t26`
                LEFT OUTER JOIN (
                  SELECT
                    `t0`.`subject_id` AS `mapped_subject`,
                    `t0`.`customer_id` AS `root`
                  FROM `subject_map` AS `t0`
                ) AS `t3`
                  ON `t26`.`subject_id` = `t3`.`mapped_subject`
              ) AS `t28`
              GROUP BY
                1,
                2
            ) AS `t32`
            INNER JOIN (
              SELECT
                `t36`.`customer_id`,
                MIN(`t36`.`at_ms`) AS `earliest_ms`
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    `t32`.`customer_id`,
                    `t32`.`at_ms`,
                    `t32`.`channel`,
                    `t32`.`campaign`,
                    `t32`.`distributor`,
                    `t22`.`first_ms`,
                    `t22`.`first_day`
                  FROM (
                    SELECT
                      `t28`.`customer_id`,
                      `t28`.`at_ms`,
                      MIN(`t28`.`channel`) AS `channel`,
                      MIN(`t28`.`campaign`) AS `campaign`,
                      MIN(`t28`.`distributor`) AS `distributor`
                    FROM (
                      SELECT
                        COALESCE(`t3`.`root`, `t26`.`subject_id`) AS `customer_id`,
                        `t26`.`at_ms`,
                        `t26`.`channel`,
                        `t26`.`campaign`,
                        `t26`.`distributor`
                      FROM (
                        SELECT
                          `t18`.`subject_id`,
                          `t18`.`at_ms`,
                          IF(
                            STARTSWITH(`t18`.`kind`, 'order.') AND (
                              COALESCE(`t18`.`channel`, '') = ''
                            ),
                            COALESCE(`t18`.`source`, ''),
                            COALESCE(`t18`.`channel`, '')
                          ) AS `channel`,
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"campaign":"((?:[^"\\\\]|\\\\.)*)"'),
                            ''
                          ) AS `campaign`,
                          COALESCE(
                            REGEXP_EXTRACT(COALESCE(`t18`.`payload`, ''), '"distributor":"((?:[^"\\\\]|\\\\.)*)"'),
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
                            `t15`.`at_ms`
                          FROM `t6` AS `t9`
                          INNER JOIN (
                            SELECT
                              `t8`.`subject_id`,
                              MIN(`t8`.`occurred_ms`) AS `at_ms`
                            FROM `t6` AS `t8`
                            GROUP BY
                              1
                          ) AS `t15`
                            ON `t9`.`subject_id` = `t15`.`subject_id`
                        ) AS `t18`
                        WHERE
                          `t18`.`occurred_ms` = `t18`.`at_ms`
                      ) AS `t26`
                      LEFT OUTER JOIN (
                        SELECT
                          `t0`.`subject_id` AS `mapped_subject`,
                          `t0`.`customer_id` AS `root`
                        FROM `subject_map` AS `t0`
                      ) AS `t3`
                        ON `t26`.`subject_id` = `t3`.`mapped_subject`
                    ) AS `t28`
                    GROUP BY
                      1,
                      2
                  ) AS `t32`
                  INNER JOIN `t19` AS `t22`
                    ON `t32`.`customer_id` = `t22`.`customer_id`
                ) AS `t34`
                WHERE
                  `t34`.`at_ms` <= `t34`.`first_ms`
              ) AS `t36`
              GROUP BY
                1
            ) AS `t40`
              ON `t32`.`customer_id` = `t40`.`customer_id` AND `t32`.`at_ms` = `t40`.`earliest_ms`
          ) AS `t42`
        ) AS `t46`
          ON `t49`.`customer_id` = `t46`.`customer_id`
      ) AS `t50`
    ) AS `t51`
    WHERE
      `t51`.`first_day` BETWEEN 19700 AND 19723
  ) AS `t52`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t53`
ORDER BY
  `t53`.`first_day` ASC NULLS LAST,
  `t53`.`channel` ASC NULLS LAST,
  `t53`.`campaign` ASC NULLS LAST,
  `t53`.`distributor` ASC NULLS LAST,
  `t53`.`told` ASC NULLS LAST
