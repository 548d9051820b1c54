WITH `t22` AS (
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
    `t9`.`cause_id`,
    `t9`.`ref`,
    `t21`.`first_id`,
    `t21`.`its_source`,
    `t21`.`its_ref`,
    `t21`.`left_fen`
  FROM (
    SELECT
      `t1`.`id`,
      `t1`.`source`,
      `t1`.`kind`,
      `t1`.`channel`,
      `t1`.`subject_id`,
      `t1`.`occurred_ms`,
      `t1`.`local_day`,
      `t1`.`local_month`,
      `t1`.`amount_fen`,
      `t1`.`quantity`,
      `t1`.`bucket`,
      `t1`.`payload`,
      CAST(NULL AS BIGINT) AS `cause_id`,
      IF(
        CONTAINS(COALESCE(`t1`.`payload`, ''), '"order":"'),
        COALESCE(
          REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"order":"((?:[^"\\\\]|\\\\.)*)"'),
          ''
        ),
        ''
      ) AS `ref`
    FROM `touchpoints` AS `t1`
    WHERE
      `t1`.`kind` IN ('order.paid')
      AND `t1`.`subject_id` IS NOT NULL
      AND `t1`.`local_day` <= 19740
  ) AS `t9`
  LEFT OUTER JOIN (
    SELECT
      `t16`.`first_id`,
      `t16`.`source` AS `its_source`,
      `t16`.`ref` AS `its_ref`,
      `t16`.`paid_fen` - `t19`.`back_fen` AS `left_fen`
    FROM (
      SELECT
        `t10`.`source`,
        `t10`.`ref`,
        COALESCE(CAST(SUM(`t10`.`amount_fen`) AS BIGINT), 0) AS `paid_fen`,
        MIN(`t10`.`id`) AS `first_id`
      FROM (
        SELECT
          `t1`.`id`,
          `t1`.`source`,
          `t1`.`kind`,
          `t1`.`channel`,
          `t1`.`subject_id`,
          `t1`.`occurred_ms`,
          `t1`.`local_day`,
          `t1`.`local_month`,
          `t1`.`amount_fen`,
          `t1`.`quantity`,
          `t1`.`bucket`,
          `t1`.`payload`,
          CAST(NULL AS BIGINT) AS `cause_id`,
          IF(
            CONTAINS(COALESCE(`t1`.`payload`, ''), '"order":"'),
            COALESCE(
              REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"order":"((?:[^"\\\\]|\\\\.)*)"'),
              ''
            ),
            ''
          ) AS `ref`
        FROM `touchpoints` AS `t1`
        WHERE
          `t1`.`kind` IN ('order.paid')
          AND `t1`.`subject_id` IS NOT NULL
          AND `t1`.`local_day` <= 19740
          AND IF(
            CONTAINS(COALESCE(`t1`.`payload`, ''), '"order":"'),
            COALESCE(
              REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"order":"((?:[^"\\\\]|\\\\.)*)"'),
              ''
            ),
            ''
          ) <> ''
      ) AS `t10`
      GROUP BY
        1,
        2
    ) AS `t16`
    INNER JOIN (
      SELECT
        *
      FROM (
        SELECT
          `t12`.`source`,
          `t12`.`ref`,
          COALESCE(CAST(SUM(`t12`.`amount_fen`) AS BIGINT), 0) AS `back_fen`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t1`.`source`,
              `t1`.`amount_fen`,
              IF(
                CONTAINS(COALESCE(`t1`.`payload`, ''), '"order":"'),
                COALESCE(
                  REGEXP_EXTRACT(COALESCE(`t1`.`payload`, ''), '"order":"((?:[^"\\\\]|\\\\.)*)"'),
                  ''
                ),
                ''
              ) AS `ref`
            FROM `touchpoints` AS `t1`
            WHERE
              `t1`.`kind` = 'order.refunded' AND `t1`.`local_day` <= 19740
          ) AS `t8`
          WHERE
            `t8`.`ref` <> ''
        ) AS `t12`
        GROUP BY
          1,
          2
      ) AS `t17`
      WHERE
        `t17`.`back_fen` > 0
    ) AS `t19`
      ON `t16`.`source` = `t19`.`source` AND `t16`.`ref` = `t19`.`ref`
  ) AS `t21`
    ON `t9`.`source` = `t21`.`its_source` AND `t9`.`ref` = `t21`.`its_ref`
), `t29` AS (
  SELECT
    COALESCE(`t5`.`root`, `t27`.`subject_id`) AS `customer_id`,
    `t27`.`cause_id`,
    `t27`.`local_day`,
    `t27`.`local_month`,
    `t27`.`amount_fen`,
    `t27`.`fact_id`
  FROM (
    SELECT
      `t23`.`subject_id`,
      `t23`.`cause_id`,
      `t23`.`local_day`,
      `t23`.`local_month`,
      IF(
        `t23`.`left_fen` IS NULL,
        `t23`.`amount_fen`,
        IF(`t23`.`id` = `t23`.`first_id`, `t23`.`left_fen`, 0)
      ) AS `amount_fen`,
      `t23`.`id` AS `fact_id`
    FROM `t22` AS `t23`
    WHERE
      (
        `t23`.`left_fen` IS NULL
      ) OR (
        `t23`.`left_fen` > 0
      )
  ) AS `t27`
  LEFT OUTER JOIN (
    SELECT
      `t0`.`subject_id` AS `mapped_subject`,
      `t0`.`customer_id` AS `root`
    FROM `subject_map` AS `t0`
    WHERE
      `t0`.`customer_id` <> `t0`.`subject_id`
  ) AS `t5`
    ON `t27`.`subject_id` = `t5`.`mapped_subject`
), `t36` AS (
  SELECT
    `t33`.`customer_id`,
    `t33`.`local_day`,
    MIN(`t33`.`local_month`) AS `local_month`
  FROM (
    SELECT
      `t31`.`customer_id`,
      `t31`.`customer_id` AS `doer`,
      `t31`.`fact_id`,
      `t31`.`local_day`,
      `t31`.`local_month`,
      `t31`.`amount_fen`
    FROM `t29` AS `t31`
  ) AS `t33`
  GROUP BY
    1,
    2
), `t51` AS (
  SELECT
    `t50`.`customer_id`,
    `t50`.`local_day`,
    `t50`.`local_month`,
    `t50`.`anchor`,
    `t50`.`place`,
    `t50`.`amount_fen`,
    `t50`.`number`,
    `t50`.`unknown`,
    `t50`.`key`,
    `t50`.`begins`,
    MAX(`t50`.`begins`) OVER (
      PARTITION BY `t50`.`customer_id`
      ORDER BY `t50`.`key` ASC NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS `entry`
  FROM (
    SELECT
      `t49`.`customer_id`,
      `t49`.`local_day`,
      `t49`.`local_month`,
      `t49`.`anchor`,
      `t49`.`place`,
      `t49`.`amount_fen`,
      `t49`.`number`,
      `t49`.`unknown`,
      (
        CAST(`t49`.`anchor` AS BIGINT) * 4
      ) + `t49`.`place` AS `key`,
      IF(`t49`.`place` = 1, `t49`.`local_day`, -2147483648) AS `begins`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t43`.`customer_id`,
          `t43`.`local_day`,
          `t43`.`local_month`,
          `t43`.`anchor`,
          0 AS `place`,
          `t43`.`amount_fen`,
          `t43`.`number`,
          `t43`.`unknown`
        FROM (
          SELECT
            `t42`.`customer_id`,
            `t42`.`anchor`,
            MIN(`t42`.`local_day`) AS `local_day`,
            MIN(`t42`.`local_month`) AS `local_month`,
            COALESCE(CAST(SUM(`t42`.`amount_fen`) AS BIGINT), 0) AS `amount_fen`,
            COALESCE(CAST(SUM(`t42`.`unknown`) AS BIGINT), 0) AS `unknown`,
            COUNT(*) AS `number`
          FROM (
            SELECT
              `t34`.`customer_id`,
              `t34`.`doer`,
              `t34`.`anchor`,
              MIN(`t34`.`local_day`) AS `local_day`,
              MIN(`t34`.`local_month`) AS `local_month`,
              COALESCE(CAST(SUM(`t34`.`amount_fen`) AS BIGINT), 0) AS `amount_fen`,
              COALESCE(CAST(SUM(IF(`t34`.`amount_fen` IS NULL, 1, 0)) AS BIGINT), 0) AS `unknown`
            FROM (
              SELECT
                `t31`.`customer_id`,
                `t31`.`customer_id` AS `doer`,
                `t31`.`fact_id`,
                `t31`.`local_day`,
                `t31`.`local_month`,
                `t31`.`amount_fen`,
                `t31`.`local_day` AS `anchor`
              FROM `t29` AS `t31`
            ) AS `t34`
            GROUP BY
              1,
              2,
              3
          ) AS `t42`
          GROUP BY
            1,
            2
        ) AS `t43`
      ) AS `t45`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t37`.`customer_id`,
            `t37`.`local_day`,
            `t37`.`local_month`,
            `t37`.`local_day` AS `anchor`,
            1 AS `place`,
            0 AS `amount_fen`,
            0 AS `number`,
            0 AS `unknown`
          FROM `t36` AS `t37`
        ) AS `t39`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            `t46`.`customer_id`,
            `t46`.`local_day`,
            `t46`.`local_month`,
            `t46`.`anchor`,
            2 AS `place`,
            `t46`.`amount_fen`,
            `t46`.`number`,
            `t46`.`unknown`
          FROM (
            SELECT
              `t44`.`customer_id`,
              `t44`.`anchor`,
              MIN(`t44`.`local_day`) AS `local_day`,
              MIN(`t44`.`local_month`) AS `local_month`,
              COALESCE(CAST(SUM(`t44`.`amount_fen`) AS BIGINT), 0) AS `amount_fen`,
              COALESCE(CAST(SUM(`t44`.`unknown`) AS BIGINT), 0) AS `unknown`,
              COUNT(*) AS `number`
            FROM (
              SELECT
                `t40`.`customer_id`,
                `t40`.`doer`,
                `t40`.`anchor`,
                MIN(`t40`.`local_day`) AS `local_day`,
                MIN(`t40`.`local_month`) AS `local_month`,
                COALESCE(CAST(SUM(`t40`.`amount_fen`) AS BIGINT), 0) AS `amount_fen`,
                COALESCE(CAST(SUM(IF(`t40`.`amount_fen` IS NULL, 1, 0)) AS BIGINT), 0) AS `unknown`
              FROM (
                SELECT
                  `t35`.`local_day`,
                  `t35`.`local_month`,
                  `t35`.`amount_fen`,
                  COALESCE(`t35`.`root`, `t35`.`customer_id`) AS `customer_id`,
                  COALESCE(`t35`.`root`, `t35`.`customer_id`) AS `doer`,
                  COALESCE(`t35`.`day`, `t35`.`local_day`) AS `anchor`
                FROM (
                  SELECT
                    `t14`.`customer_id`,
                    `t14`.`local_day`,
                    `t14`.`local_month`,
                    `t14`.`amount_fen`,
                    `t14`.`fact_id`,
                    `t14`.`doer`,
                    `t32`.`cause`,
                    `t32`.`day`,
                    `t32`.`root`
                  FROM (
                    SELECT
                      `t11`.`customer_id`,
                      `t11`.`local_day`,
                      `t11`.`local_month`,
                      `t11`.`amount_fen`,
                      `t11`.`fact_id`,
                      `t11`.`customer_id` AS `doer`
                    FROM (
                      SELECT
                        COALESCE(`t5`.`root`, `t6`.`subject_id`) AS `customer_id`,
                        `t6`.`local_day`,
                        `t6`.`local_month`,
                        `t6`.`amount_fen`,
                        `t6`.`fact_id`
                      FROM (
                        SELECT
                          `t2`.`subject_id`,
                          `t2`.`local_day`,
                          `t2`.`local_month`,
                          `t2`.`cost_fen` AS `amount_fen`,
                          `t2`.`fact_id`
                        FROM `ledger_rewards` AS `t2`
                        WHERE
                          `t2`.`fact_id` IS NOT NULL
                          AND `t2`.`subject_id` IS NOT NULL
                          AND `t2`.`local_day` <= 19740
                      ) AS `t6`
                      LEFT OUTER JOIN (
                        SELECT
                          `t0`.`subject_id` AS `mapped_subject`,
                          `t0`.`customer_id` AS `root`
                        FROM `subject_map` AS `t0`
                        WHERE
                          `t0`.`customer_id` <> `t0`.`subject_id`
                      ) AS `t5`
                        ON `t6`.`subject_id` = `t5`.`mapped_subject`
                    ) AS `t11`
                  ) AS `t14`
                  LEFT OUTER JOIN (
                    SELECT
                      `t28`.`cause`,
                      `t28`.`day`,
                      `t28`.`customer_id` AS `root`
                    FROM (
                      SELECT
                        COALESCE(`t5`.`root`, `t25`.`subject_id`) AS `customer_id`,
                        `t25`.`cause`,
                        `t25`.`day`
                      FROM (
                        SELECT
                          `t23`.`subject_id`,
                          `t23`.`id` AS `cause`,
                          `t23`.`local_day` AS `day`
                        FROM `t22` AS `t23`
                        WHERE
                          (
                            `t23`.`left_fen` IS NULL
                          ) OR (
                            `t23`.`left_fen` > 0
                          )
                      ) AS `t25`
                      LEFT OUTER JOIN (
                        SELECT
                          `t0`.`subject_id` AS `mapped_subject`,
                          `t0`.`customer_id` AS `root`
                        FROM `subject_map` AS `t0`
                        WHERE
                          `t0`.`customer_id` <> `t0`.`subject_id`
                      ) AS `t5`
                        ON `t25`.`subject_id` = `t5`.`mapped_subject`
                    ) AS `t28`
                  ) AS `t32`
                    ON `t14`.`fact_id` = `t32`.`cause`
                ) AS `t35`
                WHERE
                  (
                    `t35`.`fact_id` IS NULL
                  ) OR (
                    `t35`.`cause` IS NOT NULL
                  )
              ) AS `t40`
              GROUP BY
                1,
                2,
                3
            ) AS `t44`
            GROUP BY
              1,
              2
          ) AS `t46`
        ) AS `t47`
      ) AS `t48`
    ) AS `t49`
  ) AS `t50`
)
SELECT
  *
FROM (
  SELECT
    `t41`.`customer_id`,
    `t41`.`entry_day`,
    `t41`.`entry_month`,
    `t57`.`action_day`,
    `t57`.`action_month`,
    COALESCE(`t57`.`cost_fen`, 0) AS `cost_fen`,
    COALESCE(`t57`.`unpriced`, 0) AS `unpriced`,
    `t63`.`output_day`,
    `t63`.`output_month`,
    COALESCE(`t63`.`outputs`, 0) AS `outputs`,
    COALESCE(`t63`.`revenue_fen`, 0) AS `revenue_fen`
  FROM (
    SELECT
      `t37`.`customer_id`,
      `t37`.`local_day` AS `entry_day`,
      `t37`.`local_month` AS `entry_month`
    FROM `t36` AS `t37`
  ) AS `t41`
  LEFT OUTER JOIN (
    SELECT
      `t55`.`customer_id`,
      `t55`.`entry`,
      MIN(`t55`.`local_day`) AS `action_day`,
      MIN(`t55`.`local_month`) AS `action_month`,
      COALESCE(CAST(SUM(`t55`.`amount_fen`) AS BIGINT), 0) AS `cost_fen`,
      COALESCE(CAST(SUM(`t55`.`unknown`) AS BIGINT), 0) AS `unpriced`
    FROM (
      SELECT
        *
      FROM `t51` AS `t52`
      WHERE
        `t52`.`place` <> 1
        AND `t52`.`entry` > -2147483648
        AND `t52`.`place` = 2
        AND `t52`.`local_day` <= (
          `t52`.`entry` + 1
        )
    ) AS `t55`
    GROUP BY
      1,
      2
  ) AS `t57`
    ON `t41`.`customer_id` = `t57`.`customer_id` AND `t41`.`entry_day` = `t57`.`entry`
  LEFT OUTER JOIN (
    SELECT
      `t61`.`who`,
      `t61`.`begun`,
      MIN(`t61`.`day`) AS `output_day`,
      MIN(`t61`.`month`) AS `output_month`,
      COALESCE(CAST(SUM(`t61`.`number`) AS BIGINT), 0) AS `outputs`,
      COALESCE(CAST(SUM(`t61`.`amount_fen`) AS BIGINT), 0) AS `revenue_fen`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          `t54`.`who`,
          `t54`.`begun`,
          `t54`.`day`,
          `t54`.`month`,
          `t54`.`amount_fen`,
          `t54`.`number`,
          `t59`.`customer_id`,
          `t59`.`entry_day`,
          `t59`.`entry_month`,
          `t59`.`action_day`,
          `t59`.`action_month`,
          `t59`.`cost_fen`,
          `t59`.`unpriced`
        FROM (
          SELECT
            `t52`.`customer_id` AS `who`,
            `t52`.`entry` AS `begun`,
            `t52`.`local_day` AS `day`,
            `t52`.`local_month` AS `month`,
            `t52`.`amount_fen`,
            `t52`.`number`
          FROM `t51` AS `t52`
          WHERE
            `t52`.`place` <> 1 AND `t52`.`entry` > -2147483648 AND `t52`.`place` IN (0, 3)
        ) AS `t54`
        INNER JOIN (
          SELECT
            `t41`.`customer_id`,
            `t41`.`entry_day`,
            `t41`.`entry_month`,
            `t57`.`action_day`,
            `t57`.`action_month`,
            COALESCE(`t57`.`cost_fen`, 0) AS `cost_fen`,
            COALESCE(`t57`.`unpriced`, 0) AS `unpriced`
          FROM (
            SELECT
              `t37`.`customer_id`,
              `t37`.`local_day` AS `entry_day`,
              `t37`.`local_month` AS `entry_month`
            FROM `t36` AS `t37`
          ) AS `t41`
          LEFT OUTER JOIN (
            SELECT
              `t55`.`customer_id`,
              `t55`.`entry`,
              MIN(`t55`.`local_day`) AS `action_day`,
              MIN(`t55`.`local_month`) AS `action_month`,
              COALESCE(CAST(SUM(`t55`.`amount_fen`) AS BIGINT), 0) AS `cost_fen`,
              COALESCE(CAST(SUM(`t55`.`unknown`) AS BIGINT), 0) AS `unpriced`
            FROM (
              SELECT
                *
              FROM `t51` AS `t52`
              WHERE
                `t52`.`place` <> 1
                AND `t52`.`entry` > -2147483648
                AND `t52`.`place` = 2
                AND `t52`.`local_day` <= (
                  `t52`.`entry` + 1
                )
            ) AS `t55`
            GROUP BY
              1,
              2
          ) AS `t57`
            ON `t41`.`customer_id` = `t57`.`customer_id` AND `t41`.`entry_day` = `t57`.`entry`
        ) AS `t59`
          ON `t54`.`who` = `t59`.`customer_id` AND `t54`.`begun` = `t59`.`entry_day`
      ) AS `t60`
      WHERE
        `t60`.`day` >= COALESCE(`t60`.`action_day`, `t60`.`entry_day`)
        AND `t60`.`day` <= (
          COALESCE(`t60`.`action_day`, `t60`.`entry_day`) + 90
        )
    ) AS `t61`
    GROUP BY
      1,
      2
  ) AS `t63`
    ON `t41`.`customer_id` = `t63`.`who` AND `t41`.`entry_day` = `t63`.`begun`
) AS `t64`
ORDER BY
  `t64`.`customer_id` ASC NULLS LAST,
  `t64`.`entry_day` ASC NULLS LAST
