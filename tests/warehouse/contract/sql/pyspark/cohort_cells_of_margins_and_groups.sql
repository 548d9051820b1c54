WITH `t3` AS (
  SELECT
    *
  FROM `touchpoints` AS `t0`
  WHERE
    `t0`.`kind` IN ('order.paid')
    AND `t0`.`subject_id` IS NOT NULL
    AND `t0`.`local_day` <= 19900
), `t17` AS (
  SELECT
    `t16`.`customer_id`,
    `t16`.`first_ms`,
    MIN(`t16`.`told`) AS `told`
  FROM (
    SELECT
      COALESCE(`t5`.`root`, `t14`.`subject_id`) AS `customer_id`,
      `t14`.`first_ms`,
      `t14`.`told`
    FROM (
      SELECT
        `t10`.`subject_id`,
        `t10`.`first_ms`,
        MIN(`t10`.`told`) AS `told`
      FROM (
        SELECT
          `t7`.`subject_id`,
          `t9`.`first_ms`,
          NULLIF(`t7`.`channel`, '') AS `told`
        FROM `t3` AS `t7`
        INNER JOIN (
          SELECT
            `t6`.`subject_id`,
            MIN(`t6`.`occurred_ms`) AS `first_ms`
          FROM `t3` AS `t6`
          GROUP BY
            1
        ) AS `t9`
          ON `t7`.`subject_id` = `t9`.`subject_id` AND `t7`.`occurred_ms` = `t9`.`first_ms`
      ) AS `t10`
      GROUP BY
        1,
        2
    ) AS `t14`
    LEFT OUTER JOIN (
      SELECT
        `t1`.`subject_id` AS `mapped_subject`,
        `t1`.`customer_id` AS `root`
      FROM `subject_map` AS `t1`
    ) AS `t5`
      ON `t14`.`subject_id` = `t5`.`mapped_subject`
  ) AS `t16`
  GROUP BY
    1,
    2
), `t18` AS (
  SELECT
    `t15`.`customer_id`,
    `t15`.`period`,
    COALESCE(CAST(SUM(`t15`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t15`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    COALESCE(CAST(SUM(`t15`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
    COALESCE(CAST(SUM(`t15`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
  FROM (
    SELECT
      COALESCE(`t5`.`root`, `t12`.`subject_id`) AS `customer_id`,
      `t12`.`period`,
      `t12`.`orders`,
      `t12`.`revenue_fen`,
      `t12`.`refunds_fen`,
      `t12`.`margin_mfen`
    FROM (
      SELECT
        `t4`.`subject_id`,
        `t4`.`period`,
        COALESCE(CAST(SUM(IF(`t4`.`kind` = 'order.paid', 1, 0)) AS BIGINT), 0) AS `orders`,
        COALESCE(
          CAST(SUM(IF(`t4`.`kind` = 'order.paid', `t4`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `revenue_fen`,
        COALESCE(
          CAST(SUM(IF(`t4`.`kind` = 'order.refunded', `t4`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
          0
        ) AS `refunds_fen`,
        COALESCE(
          CAST(SUM(
            IF(`t4`.`kind` = 'order.paid', `t4`.`amount_fen`, -(
              `t4`.`amount_fen`
            )) * CASE
              WHEN REGEXP_EXTRACT(COALESCE(`t4`.`payload`, ''), '"category":"((?:[^"\\\\]|\\\\.)*)"') = '护肤'
              THEN 700
              ELSE 600
            END
          ) AS BIGINT),
          0
        ) AS `margin_mfen`
      FROM (
        SELECT
          `t0`.`id`,
          `t0`.`source`,
          `t0`.`kind`,
          `t0`.`channel`,
          `t0`.`subject_id`,
          `t0`.`occurred_ms`,
          `t0`.`local_day`,
          `t0`.`local_month`,
          `t0`.`amount_fen`,
          `t0`.`quantity`,
          `t0`.`bucket`,
          `t0`.`payload`,
          CAST(`t0`.`local_month` AS BIGINT) AS `period`
        FROM `touchpoints` AS `t0`
        WHERE
          `t0`.`kind` IN ('order.paid', 'order.refunded')
          AND `t0`.`subject_id` IS NOT NULL
          AND `t0`.`local_day` <= 19900
      ) AS `t4`
      GROUP BY
        1,
        2
    ) AS `t12`
    LEFT OUTER JOIN (
      SELECT
        `t1`.`subject_id` AS `mapped_subject`,
        `t1`.`customer_id` AS `root`
      FROM `subject_map` AS `t1`
    ) AS `t5`
      ON `t12`.`subject_id` = `t5`.`mapped_subject`
  ) AS `t15`
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    `t34`.`cohort`,
    `t34`.`grp`,
    `t34`.`period`,
    COALESCE(CAST(SUM(IF(`t34`.`orders` > 0, 1, 0)) AS BIGINT), 0) AS `customers`,
    COALESCE(CAST(SUM(`t34`.`orders`) AS BIGINT), 0) AS `orders`,
    COALESCE(CAST(SUM(`t34`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
    COALESCE(CAST(SUM(`t34`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
    COALESCE(CAST(SUM(`t34`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
  FROM (
    SELECT
      `t33`.`customer_id`,
      `t33`.`period`,
      `t33`.`orders`,
      `t33`.`revenue_fen`,
      `t33`.`refunds_fen`,
      `t33`.`margin_mfen`,
      `t33`.`cohort`,
      `t31`.`grp`
    FROM (
      SELECT
        `t29`.`customer_id`,
        GREATEST(`t29`.`period`, `t29`.`cohort`) AS `period`,
        `t29`.`orders`,
        `t29`.`revenue_fen`,
        `t29`.`refunds_fen`,
        `t29`.`margin_mfen`,
        `t29`.`cohort`
      FROM (
        SELECT
          `t22`.`customer_id`,
          `t22`.`period`,
          `t22`.`orders`,
          `t22`.`revenue_fen`,
          `t22`.`refunds_fen`,
          `t22`.`margin_mfen`,
          `t27`.`cohort`
        FROM `t18` AS `t22`
        INNER JOIN (
          SELECT
            `t24`.`customer_id`,
            MIN(`t24`.`period`) AS `cohort`
          FROM (
            SELECT
              *
            FROM `t18` AS `t20`
            WHERE
              `t20`.`orders` > 0
          ) AS `t24`
          GROUP BY
            1
        ) AS `t27`
          ON `t22`.`customer_id` = `t27`.`customer_id`
      ) AS `t29`
    ) AS `t33`
    INNER JOIN (
      SELECT
        `t28`.`customer_id`,
        CASE
          WHEN `t28`.`told` = 'tmall'
          THEN 0
          WHEN `t28`.`told` = 'jd'
          THEN 1
          WHEN `t28`.`told` IS NULL
          THEN 3
          ELSE 2
        END AS `grp`
      FROM (
        SELECT
          `t21`.`customer_id`,
          `t21`.`first_ms`,
          `t21`.`told`,
          `t25`.`earliest_ms`
        FROM `t17` AS `t21`
        INNER JOIN (
          SELECT
            `t19`.`customer_id`,
            MIN(`t19`.`first_ms`) AS `earliest_ms`
          FROM `t17` AS `t19`
          GROUP BY
            1
        ) AS `t25`
          ON `t21`.`customer_id` = `t25`.`customer_id`
      ) AS `t28`
      WHERE
        `t28`.`first_ms` = `t28`.`earliest_ms`
    ) AS `t31`
      ON `t33`.`customer_id` = `t31`.`customer_id`
  ) AS `t34`
  GROUP BY
    1,
    2,
    3
) AS `t35`
ORDER BY
  `t35`.`cohort` ASC NULLS LAST,
  `t35`.`grp` ASC NULLS LAST,
  `t35`.`period` ASC NULLS LAST
