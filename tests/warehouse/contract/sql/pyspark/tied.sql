SELECT
  *
FROM (
  SELECT
    `t33`.`follower_id`,
    `t33`.`platform`,
    `t33`.`verdict`,
    `t33`.`customer_id`,
    COALESCE(`t27`.`is_member`, 0) AS `is_member`,
    COALESCE(`t27`.`is_advocate`, 0) AS `is_advocate`,
    COALESCE(`t27`.`days`, 0) AS `days`,
    COALESCE(`t27`.`margin_mfen`, 0) AS `margin_mfen`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        COALESCE(`t8`.`root`, `t30`.`subject_id`) AS `customer_id`,
        `t30`.`follower_id`,
        `t30`.`platform`,
        `t30`.`verdict`
      FROM (
        SELECT
          `t28`.`follower_id`,
          `t28`.`platform`,
          CASE
            WHEN `t28`.`score` >= 70
            THEN 'suspicious'
            WHEN (
              `t28`.`known` < 2
            ) OR (
              `t28`.`tells` = 0
            )
            THEN 'insufficient'
            WHEN `t28`.`lively` > 0
            THEN 'active'
            ELSE 'asleep'
          END AS `verdict`,
          `t28`.`subject_id`
        FROM (
          SELECT
            `t21`.`follower_id`,
            `t21`.`platform`,
            `t21`.`subject_id`,
            `t21`.`reachable`,
            `t21`.`as_of_ms`,
            `t21`.`followed_ms`,
            `t21`.`followed_minute`,
            `t21`.`registered_ms`,
            `t21`.`last_active_ms`,
            `t21`.`followers`,
            `t21`.`following`,
            `t21`.`posts`,
            `t21`.`likes`,
            `t21`.`interactions_30`,
            `t21`.`interactions_90`,
            `t21`.`has_avatar`,
            `t21`.`avatar_key`,
            `t21`.`bio_key`,
            `t21`.`default_name`,
            `t21`.`verified`,
            `t21`.`region`,
            `t21`.`minutes`,
            `t21`.`bios`,
            `t21`.`pictures`,
            `t21`.`reason_blank_profile`,
            `t21`.`reason_follows_far_more`,
            `t21`.`reason_follows_very_many`,
            `t21`.`reason_default_name`,
            `t21`.`reason_made_to_follow`,
            `t21`.`reason_posts_too_fast`,
            `t21`.`reason_followed_in_a_batch`,
            `t21`.`reason_same_bio`,
            `t21`.`reason_same_picture`,
            `t21`.`reason_silent_since`,
            `t21`.`reason_verified`,
            `t21`.`reason_is_customer`,
            `t21`.`reason_dormant_90`,
            `t21`.`reason_dormant_180`,
            `t21`.`reason_no_interaction`,
            `t21`.`known`,
            `t21`.`tells`,
            `t21`.`lively`,
            0 + (
              `t21`.`reason_blank_profile` * 60
            ) + (
              `t21`.`reason_follows_far_more` * 40
            ) + (
              `t21`.`reason_follows_very_many` * 30
            ) + (
              `t21`.`reason_default_name` * 30
            ) + (
              `t21`.`reason_made_to_follow` * 40
            ) + (
              `t21`.`reason_posts_too_fast` * 40
            ) + (
              `t21`.`reason_followed_in_a_batch` * 40
            ) + (
              `t21`.`reason_same_bio` * 40
            ) + (
              `t21`.`reason_same_picture` * 20
            ) + (
              `t21`.`reason_silent_since` * 20
            ) + (
              `t21`.`reason_verified` * -50
            ) + (
              `t21`.`reason_is_customer` * -70
            ) AS `score`
          FROM (
            SELECT
              `t12`.`follower_id`,
              `t12`.`platform`,
              `t12`.`subject_id`,
              `t12`.`reachable`,
              `t12`.`as_of_ms`,
              `t12`.`followed_ms`,
              `t12`.`followed_minute`,
              `t12`.`registered_ms`,
              `t12`.`last_active_ms`,
              `t12`.`followers`,
              `t12`.`following`,
              `t12`.`posts`,
              `t12`.`likes`,
              `t12`.`interactions_30`,
              `t12`.`interactions_90`,
              `t12`.`has_avatar`,
              `t12`.`avatar_key`,
              `t12`.`bio_key`,
              `t12`.`default_name`,
              `t12`.`verified`,
              `t12`.`region`,
              `t12`.`minutes`,
              `t12`.`bios`,
              `t12`.`pictures`,
              IF(COALESCE((
                `t12`.`has_avatar` = 0
              ) AND (
                `t12`.`posts` = 0
              ), FALSE), 1, 0) AS `reason_blank_profile`,
              IF(
                COALESCE(
                  (
                    `t12`.`following` >= 200
                  )
                  AND (
                    `t12`.`following` >= (
                      (
                        `t12`.`followers` + 1
                      ) * 20
                    )
                  ),
                  FALSE
                ),
                1,
                0
              ) AS `reason_follows_far_more`,
              IF(COALESCE(`t12`.`following` > 1500, FALSE), 1, 0) AS `reason_follows_very_many`,
              IF(COALESCE(`t12`.`default_name` = 1, FALSE), 1, 0) AS `reason_default_name`,
              IF(
                COALESCE(
                  (
                    (
                      `t12`.`followed_ms` - `t12`.`registered_ms`
                    ) >= 0
                  )
                  AND (
                    (
                      `t12`.`followed_ms` - `t12`.`registered_ms`
                    ) <= 259200000
                  ),
                  FALSE
                ),
                1,
                0
              ) AS `reason_made_to_follow`,
              IF(
                COALESCE(
                  (
                    `t12`.`posts` * 86400000
                  ) > (
                    (
                      (
                        `t12`.`as_of_ms` - `t12`.`registered_ms`
                      ) + 86400000
                    ) * 50
                  ),
                  FALSE
                ),
                1,
                0
              ) AS `reason_posts_too_fast`,
              IF(COALESCE(`t12`.`minutes` >= 2, FALSE), 1, 0) AS `reason_followed_in_a_batch`,
              IF(COALESCE(`t12`.`bios` >= 2, FALSE), 1, 0) AS `reason_same_bio`,
              IF(COALESCE(`t12`.`pictures` >= 2, FALSE), 1, 0) AS `reason_same_picture`,
              IF(COALESCE((
                `t12`.`last_active_ms` + 86400000
              ) < `t12`.`followed_ms`, FALSE), 1, 0) AS `reason_silent_since`,
              IF(COALESCE(`t12`.`verified` = 1, FALSE), 1, 0) AS `reason_verified`,
              IF(COALESCE(`t12`.`subject_id` IS NOT NULL, FALSE), 1, 0) AS `reason_is_customer`,
              IF(COALESCE((
                `t12`.`as_of_ms` - `t12`.`last_active_ms`
              ) >= 7776000000, FALSE), 1, 0) AS `reason_dormant_90`,
              IF(
                COALESCE((
                  `t12`.`as_of_ms` - `t12`.`last_active_ms`
                ) >= 15552000000, FALSE),
                1,
                0
              ) AS `reason_dormant_180`,
              IF(COALESCE(`t12`.`interactions_90` = 0, FALSE), 1, 0) AS `reason_no_interaction`,
              0 + IF(COALESCE(`t12`.`has_avatar` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`posts` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`followers` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`following` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`followed_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`registered_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`last_active_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`default_name` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`bio_key` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`interactions_90` IS NOT NULL, FALSE), 1, 0) AS `known`,
              IF(COALESCE(`t12`.`last_active_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t12`.`interactions_90` IS NOT NULL, FALSE), 1, 0) + (
                IF(COALESCE(`t12`.`interactions_30` > 0, FALSE), 1, 0) + IF(COALESCE(`t12`.`interactions_90` > 0, FALSE), 1, 0)
              ) AS `tells`,
              IF(COALESCE((
                `t12`.`as_of_ms` - `t12`.`last_active_ms`
              ) < 7776000000, FALSE), 1, 0) + (
                IF(COALESCE(`t12`.`interactions_30` > 0, FALSE), 1, 0) + IF(COALESCE(`t12`.`interactions_90` > 0, FALSE), 1, 0)
              ) AS `lively`
            FROM (
              SELECT
                `t1`.`follower_id`,
                `t1`.`platform`,
                `t1`.`subject_id`,
                `t1`.`reachable`,
                `t1`.`as_of_ms`,
                `t1`.`followed_ms`,
                `t1`.`followed_minute`,
                `t1`.`registered_ms`,
                `t1`.`last_active_ms`,
                `t1`.`followers`,
                `t1`.`following`,
                `t1`.`posts`,
                `t1`.`likes`,
                `t1`.`interactions_30`,
                `t1`.`interactions_90`,
                `t1`.`has_avatar`,
                `t1`.`avatar_key`,
                `t1`.`bio_key`,
                `t1`.`default_name`,
                `t1`.`verified`,
                `t1`.`region`,
                IF(
                  (
                    `t1`.`followed_minute` IS NOT NULL
                  ) AND (
                    `t1`.`followed_minute` <> 0
                  ),
                  COUNT(*) OVER (
                    PARTITION BY `t1`.`platform`, `t1`.`followed_minute`
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ),
                  0
                ) AS `minutes`,
                IF(
                  (
                    `t1`.`bio_key` IS NOT NULL
                  ) AND (
                    `t1`.`bio_key` <> 0
                  ),
                  COUNT(*) OVER (
                    PARTITION BY `t1`.`platform`, `t1`.`bio_key`
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ),
                  0
                ) AS `bios`,
                IF(
                  (
                    `t1`.`avatar_key` IS NOT NULL
                  ) AND (
                    `t1`.`avatar_key` <> 0
                  ),
                  COUNT(*) OVER (
                    PARTITION BY `t1`.`platform`, `t1`.`avatar_key`
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ),
                  0
                ) AS `pictures`
              FROM `followers` AS `t1`
            ) AS `t12`
          ) AS `t21`
        ) AS `t28`
        WHERE
          `t28`.`subject_id` IS NOT NULL
      ) AS `t30`
      LEFT OUTER JOIN (
        SELECT
          `t0`.`subject_id` AS `mapped_subject`,
          `t0`.`customer_id` AS `root`
        FROM `subject_map` AS `t0`
        WHERE
          `t0`.`customer_id` <> `t0`.`subject_id`
      ) AS `t8`
        ON `t30`.`subject_id` = `t8`.`mapped_subject`
    ) AS `t31`
    WHERE
      `t31`.`customer_id` IS NOT NULL
  ) AS `t33`
  LEFT OUTER JOIN (
    SELECT
      `t25`.`customer_id`,
      MAX(`t25`.`is_member`) AS `is_member`,
      MAX(`t25`.`is_advocate`) AS `is_advocate`,
      MAX(`t25`.`days`) AS `days`,
      SUM(`t25`.`margin_mfen`) AS `margin_mfen`
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t13`.`customer_id`,
            1 AS `is_member`,
            0 AS `is_advocate`,
            0 AS `days`,
            0 AS `margin_mfen`
          FROM (
            SELECT
              COALESCE(`t8`.`root`, `t9`.`subject_id`) AS `customer_id`
            FROM (
              SELECT DISTINCT
                `t2`.`subject_id`
              FROM `touchpoints` AS `t2`
              WHERE
                `t2`.`kind` IN ('member.joined') AND `t2`.`subject_id` IS NOT NULL
            ) AS `t9`
            LEFT OUTER JOIN (
              SELECT
                `t0`.`subject_id` AS `mapped_subject`,
                `t0`.`customer_id` AS `root`
              FROM `subject_map` AS `t0`
              WHERE
                `t0`.`customer_id` <> `t0`.`subject_id`
            ) AS `t8`
              ON `t9`.`subject_id` = `t8`.`mapped_subject`
          ) AS `t13`
        ) AS `t16`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            `t0`.`customer_id`,
            1 AS `is_member`,
            0 AS `is_advocate`,
            0 AS `days`,
            0 AS `margin_mfen`
          FROM `subject_map` AS `t0`
          WHERE
            `t0`.`scheme` = 'member'
        ) AS `t4`
      ) AS `t18`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t14`.`customer_id`,
            0 AS `is_member`,
            1 AS `is_advocate`,
            0 AS `days`,
            0 AS `margin_mfen`
          FROM (
            SELECT
              COALESCE(`t8`.`root`, `t10`.`subject_id`) AS `customer_id`
            FROM (
              SELECT DISTINCT
                `t2`.`subject_id`
              FROM `touchpoints` AS `t2`
              WHERE
                `t2`.`kind` IN ('code.scanned') AND `t2`.`subject_id` IS NOT NULL
            ) AS `t10`
            LEFT OUTER JOIN (
              SELECT
                `t0`.`subject_id` AS `mapped_subject`,
                `t0`.`customer_id` AS `root`
              FROM `subject_map` AS `t0`
              WHERE
                `t0`.`customer_id` <> `t0`.`subject_id`
            ) AS `t8`
              ON `t10`.`subject_id` = `t8`.`mapped_subject`
          ) AS `t14`
        ) AS `t17`
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            `t22`.`customer_id`,
            0 AS `is_member`,
            0 AS `is_advocate`,
            `t22`.`days`,
            `t22`.`margin_mfen`
          FROM (
            SELECT
              `t20`.`customer_id`,
              MIN(IF(`t20`.`orders` > 0, `t20`.`local_day`, CAST(NULL AS INT))) AS `first_day`,
              MAX(IF(`t20`.`orders` > 0, `t20`.`local_day`, CAST(NULL AS INT))) AS `last_day`,
              COUNT(IF(`t20`.`orders` > 0, 1, CAST(NULL AS BIGINT))) AS `days`,
              COALESCE(CAST(SUM(`t20`.`orders`) AS BIGINT), 0) AS `orders`,
              COALESCE(CAST(SUM(`t20`.`revenue_fen`) AS BIGINT), 0) AS `revenue_fen`,
              MIN_BY(
                `t20`.`revenue_fen`,
                COALESCE(IF(`t20`.`orders` > 0, `t20`.`local_day`, CAST(NULL AS INT)), 2147483647)
              ) AS `first_day_fen`,
              COALESCE(CAST(SUM(`t20`.`refunds_fen`) AS BIGINT), 0) AS `refunds_fen`,
              COALESCE(CAST(SUM(`t20`.`margin_mfen`) AS BIGINT), 0) AS `margin_mfen`
            FROM (
              SELECT
                `t19`.`customer_id`,
                `t19`.`local_day`,
                `t19`.`orders`,
                `t19`.`revenue_fen`,
                `t19`.`refunds_fen`,
                (
                  `t19`.`revenue_fen` - `t19`.`refunds_fen`
                ) * 600 AS `margin_mfen`
              FROM (
                SELECT
                  `t15`.`customer_id`,
                  `t15`.`local_day`,
                  COUNT(IF(`t15`.`kind` = 'order.paid', 1, CAST(NULL AS BIGINT))) AS `orders`,
                  COALESCE(
                    CAST(SUM(IF(`t15`.`kind` = 'order.paid', `t15`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                    0
                  ) AS `revenue_fen`,
                  COALESCE(
                    CAST(SUM(IF(`t15`.`kind` = 'order.refunded', `t15`.`amount_fen`, CAST(NULL AS BIGINT))) AS BIGINT),
                    0
                  ) AS `refunds_fen`
                FROM (
                  SELECT
                    COALESCE(`t8`.`root`, `t11`.`subject_id`) AS `customer_id`,
                    `t11`.`local_day`,
                    `t11`.`kind`,
                    `t11`.`amount_fen`
                  FROM (
                    SELECT
                      `t2`.`subject_id`,
                      `t2`.`local_day`,
                      `t2`.`kind`,
                      `t2`.`amount_fen`
                    FROM `touchpoints` AS `t2`
                    WHERE
                      `t2`.`kind` IN ('order.paid', 'order.refunded')
                      AND `t2`.`subject_id` IS NOT NULL
                      AND `t2`.`local_day` <= 19723
                  ) AS `t11`
                  LEFT OUTER JOIN (
                    SELECT
                      `t0`.`subject_id` AS `mapped_subject`,
                      `t0`.`customer_id` AS `root`
                    FROM `subject_map` AS `t0`
                    WHERE
                      `t0`.`customer_id` <> `t0`.`subject_id`
                  ) AS `t8`
                    ON `t11`.`subject_id` = `t8`.`mapped_subject`
                ) AS `t15`
                GROUP BY
                  1,
                  2
              ) AS `t19`
            ) AS `t20`
            GROUP BY
              1
          ) AS `t22`
          WHERE
            `t22`.`orders` > 0
        ) AS `t23`
      ) AS `t24`
    ) AS `t25`
    GROUP BY
      1
  ) AS `t27`
    ON `t33`.`customer_id` = `t27`.`customer_id`
) AS `t34`
ORDER BY
  `t34`.`follower_id` ASC NULLS LAST
