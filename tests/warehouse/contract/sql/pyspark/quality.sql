SELECT
  *
FROM (
  SELECT
    `t4`.`platform`,
    COUNT(*) AS `followers`,
    SUM(CAST(`t4`.`reachable` AS BIGINT)) AS `reachable`,
    SUM(IF(`t4`.`verdict` = 'suspicious', CAST(`t4`.`reachable` AS BIGINT), 0)) AS `reachable_suspicious`,
    SUM(IF(COALESCE(`t4`.`subject_id` IS NOT NULL, FALSE), 1, 0)) AS `tied`,
    MIN(`t4`.`as_of_ms`) AS `first_ms`,
    MAX(`t4`.`as_of_ms`) AS `last_ms`,
    COALESCE(SUM(IF(COALESCE(`t4`.`verdict` = 'active', FALSE), 1, 0)), 0) AS `active`,
    COALESCE(SUM(IF(COALESCE(`t4`.`verdict` = 'asleep', FALSE), 1, 0)), 0) AS `asleep`,
    COALESCE(SUM(IF(COALESCE(`t4`.`verdict` = 'suspicious', FALSE), 1, 0)), 0) AS `suspicious`,
    COALESCE(SUM(IF(COALESCE(`t4`.`verdict` = 'insufficient', FALSE), 1, 0)), 0) AS `insufficient`,
    COALESCE(SUM(`t4`.`told_has_avatar`), 0) AS `known_has_avatar`,
    COALESCE(SUM(`t4`.`told_posts`), 0) AS `known_posts`,
    COALESCE(SUM(`t4`.`told_followers`), 0) AS `known_followers`,
    COALESCE(SUM(`t4`.`told_following`), 0) AS `known_following`,
    COALESCE(SUM(`t4`.`told_followed_ms`), 0) AS `known_followed_ms`,
    COALESCE(SUM(`t4`.`told_registered_ms`), 0) AS `known_registered_ms`,
    COALESCE(SUM(`t4`.`told_last_active_ms`), 0) AS `known_last_active_ms`,
    COALESCE(SUM(`t4`.`told_default_name`), 0) AS `known_default_name`,
    COALESCE(SUM(`t4`.`told_bio_key`), 0) AS `known_bio_key`,
    COALESCE(SUM(`t4`.`told_interactions_90`), 0) AS `known_interactions_90`,
    COALESCE(SUM(`t4`.`reason_blank_profile`), 0) AS `all_blank_profile`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_blank_profile`, 0)), 0) AS `sus_blank_profile`,
    COALESCE(SUM(`t4`.`reason_follows_far_more`), 0) AS `all_follows_far_more`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_follows_far_more`, 0)), 0) AS `sus_follows_far_more`,
    COALESCE(SUM(`t4`.`reason_follows_very_many`), 0) AS `all_follows_very_many`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_follows_very_many`, 0)), 0) AS `sus_follows_very_many`,
    COALESCE(SUM(`t4`.`reason_default_name`), 0) AS `all_default_name`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_default_name`, 0)), 0) AS `sus_default_name`,
    COALESCE(SUM(`t4`.`reason_made_to_follow`), 0) AS `all_made_to_follow`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_made_to_follow`, 0)), 0) AS `sus_made_to_follow`,
    COALESCE(SUM(`t4`.`reason_posts_too_fast`), 0) AS `all_posts_too_fast`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_posts_too_fast`, 0)), 0) AS `sus_posts_too_fast`,
    COALESCE(SUM(`t4`.`reason_followed_in_a_batch`), 0) AS `all_followed_in_a_batch`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_followed_in_a_batch`, 0)), 0) AS `sus_followed_in_a_batch`,
    COALESCE(SUM(`t4`.`reason_same_bio`), 0) AS `all_same_bio`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_same_bio`, 0)), 0) AS `sus_same_bio`,
    COALESCE(SUM(`t4`.`reason_same_picture`), 0) AS `all_same_picture`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_same_picture`, 0)), 0) AS `sus_same_picture`,
    COALESCE(SUM(`t4`.`reason_silent_since`), 0) AS `all_silent_since`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_silent_since`, 0)), 0) AS `sus_silent_since`,
    COALESCE(SUM(`t4`.`reason_verified`), 0) AS `all_verified`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_verified`, 0)), 0) AS `sus_verified`,
    COALESCE(SUM(`t4`.`reason_is_customer`), 0) AS `all_is_customer`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_is_customer`, 0)), 0) AS `sus_is_customer`,
    COALESCE(SUM(`t4`.`reason_dormant_90`), 0) AS `all_dormant_90`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_dormant_90`, 0)), 0) AS `sus_dormant_90`,
    COALESCE(SUM(`t4`.`reason_dormant_180`), 0) AS `all_dormant_180`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_dormant_180`, 0)), 0) AS `sus_dormant_180`,
    COALESCE(SUM(`t4`.`reason_no_interaction`), 0) AS `all_no_interaction`,
    COALESCE(SUM(IF(`t4`.`verdict` = 'suspicious', `t4`.`reason_no_interaction`, 0)), 0) AS `sus_no_interaction`
  FROM (
    SELECT
      `t3`.`follower_id`,
      `t3`.`platform`,
      `t3`.`subject_id`,
      `t3`.`reachable`,
      `t3`.`as_of_ms`,
      `t3`.`reason_blank_profile`,
      `t3`.`reason_follows_far_more`,
      `t3`.`reason_follows_very_many`,
      `t3`.`reason_default_name`,
      `t3`.`reason_made_to_follow`,
      `t3`.`reason_posts_too_fast`,
      `t3`.`reason_followed_in_a_batch`,
      `t3`.`reason_same_bio`,
      `t3`.`reason_same_picture`,
      `t3`.`reason_silent_since`,
      `t3`.`reason_verified`,
      `t3`.`reason_is_customer`,
      `t3`.`reason_dormant_90`,
      `t3`.`reason_dormant_180`,
      `t3`.`reason_no_interaction`,
      `t3`.`score`,
      `t3`.`known`,
      CASE
        WHEN `t3`.`score` >= 70
        THEN 'suspicious'
        WHEN (
          `t3`.`known` < 2
        ) OR (
          `t3`.`tells` = 0
        )
        THEN 'insufficient'
        WHEN `t3`.`lively` > 0
        THEN 'active'
        ELSE 'asleep'
      END AS `verdict`,
      IF(COALESCE(`t3`.`has_avatar` IS NOT NULL, FALSE), 1, 0) AS `told_has_avatar`,
      IF(COALESCE(`t3`.`posts` IS NOT NULL, FALSE), 1, 0) AS `told_posts`,
      IF(COALESCE(`t3`.`followers` IS NOT NULL, FALSE), 1, 0) AS `told_followers`,
      IF(COALESCE(`t3`.`following` IS NOT NULL, FALSE), 1, 0) AS `told_following`,
      IF(COALESCE(`t3`.`followed_ms` IS NOT NULL, FALSE), 1, 0) AS `told_followed_ms`,
      IF(COALESCE(`t3`.`registered_ms` IS NOT NULL, FALSE), 1, 0) AS `told_registered_ms`,
      IF(COALESCE(`t3`.`last_active_ms` IS NOT NULL, FALSE), 1, 0) AS `told_last_active_ms`,
      IF(COALESCE(`t3`.`default_name` IS NOT NULL, FALSE), 1, 0) AS `told_default_name`,
      IF(COALESCE(`t3`.`bio_key` IS NOT NULL, FALSE), 1, 0) AS `told_bio_key`,
      IF(COALESCE(`t3`.`interactions_90` IS NOT NULL, FALSE), 1, 0) AS `told_interactions_90`
    FROM (
      SELECT
        `t2`.`follower_id`,
        `t2`.`platform`,
        `t2`.`subject_id`,
        `t2`.`reachable`,
        `t2`.`as_of_ms`,
        `t2`.`followed_ms`,
        `t2`.`followed_minute`,
        `t2`.`registered_ms`,
        `t2`.`last_active_ms`,
        `t2`.`followers`,
        `t2`.`following`,
        `t2`.`posts`,
        `t2`.`likes`,
        `t2`.`interactions_30`,
        `t2`.`interactions_90`,
        `t2`.`has_avatar`,
        `t2`.`avatar_key`,
        `t2`.`bio_key`,
        `t2`.`default_name`,
        `t2`.`verified`,
        `t2`.`region`,
        `t2`.`minutes`,
        `t2`.`bios`,
        `t2`.`pictures`,
        `t2`.`reason_blank_profile`,
        `t2`.`reason_follows_far_more`,
        `t2`.`reason_follows_very_many`,
        `t2`.`reason_default_name`,
        `t2`.`reason_made_to_follow`,
        `t2`.`reason_posts_too_fast`,
        `t2`.`reason_followed_in_a_batch`,
        `t2`.`reason_same_bio`,
        `t2`.`reason_same_picture`,
        `t2`.`reason_silent_since`,
        `t2`.`reason_verified`,
        `t2`.`reason_is_customer`,
        `t2`.`reason_dormant_90`,
        `t2`.`reason_dormant_180`,
        `t2`.`reason_no_interaction`,
        `t2`.`known`,
        `t2`.`tells`,
        `t2`.`lively`,
        0 + (
          `t2`.`reason_blank_profile` * 60
        ) + (
          `t2`.`reason_follows_far_more` * 40
        ) + (
          `t2`.`reason_follows_very_many` * 30
        ) + (
          `t2`.`reason_default_name` * 30
        ) + (
          `t2`.`reason_made_to_follow` * 40
        ) + (
          `t2`.`reason_posts_too_fast` * 40
        ) + (
          `t2`.`reason_followed_in_a_batch` * 40
        ) + (
          `t2`.`reason_same_bio` * 40
        ) + (
          `t2`.`reason_same_picture` * 20
        ) + (
          `t2`.`reason_silent_since` * 20
        ) + (
          `t2`.`reason_verified` * -50
        ) + (
          `t2`.`reason_is_customer` * -70
        ) AS `score`
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
          `t1`.`minutes`,
          `t1`.`bios`,
          `t1`.`pictures`,
          IF(COALESCE((
            `t1`.`has_avatar` = 0
          ) AND (
            `t1`.`posts` = 0
          ), FALSE), 1, 0) AS `reason_blank_profile`,
          IF(
            COALESCE(
              (
                `t1`.`following` >= 200
              )
              AND (
                `t1`.`following` >= (
                  (
                    `t1`.`followers` + 1
                  ) * 20
                )
              ),
              FALSE
            ),
            1,
            0
          ) AS `reason_follows_far_more`,
          IF(COALESCE(`t1`.`following` > 1500, FALSE), 1, 0) AS `reason_follows_very_many`,
          IF(COALESCE(`t1`.`default_name` = 1, FALSE), 1, 0) AS `reason_default_name`,
          IF(
            COALESCE(
              (
                (
                  `t1`.`followed_ms` - `t1`.`registered_ms`
                ) >= 0
              )
              AND (
                (
                  `t1`.`followed_ms` - `t1`.`registered_ms`
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
                `t1`.`posts` * 86400000
              ) > (
                (
                  (
                    `t1`.`as_of_ms` - `t1`.`registered_ms`
                  ) + 86400000
                ) * 50
              ),
              FALSE
            ),
            1,
            0
          ) AS `reason_posts_too_fast`,
          IF(COALESCE(`t1`.`minutes` >= 2, FALSE), 1, 0) AS `reason_followed_in_a_batch`,
          IF(COALESCE(`t1`.`bios` >= 2, FALSE), 1, 0) AS `reason_same_bio`,
          IF(COALESCE(`t1`.`pictures` >= 2, FALSE), 1, 0) AS `reason_same_picture`,
          IF(COALESCE((
            `t1`.`last_active_ms` + 86400000
          ) < `t1`.`followed_ms`, FALSE), 1, 0) AS `reason_silent_since`,
          IF(COALESCE(`t1`.`verified` = 1, FALSE), 1, 0) AS `reason_verified`,
          IF(COALESCE(`t1`.`subject_id` IS NOT NULL, FALSE), 1, 0) AS `reason_is_customer`,
          IF(COALESCE((
            `t1`.`as_of_ms` - `t1`.`last_active_ms`
          ) >= 7776000000, FALSE), 1, 0) AS `reason_dormant_90`,
          IF(COALESCE((
            `t1`.`as_of_ms` - `t1`.`last_active_ms`
          ) >= 15552000000, FALSE), 1, 0) AS `reason_dormant_180`,
          IF(COALESCE(`t1`.`interactions_90` = 0, FALSE), 1, 0) AS `reason_no_interaction`,
          0 + IF(COALESCE(`t1`.`has_avatar` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`posts` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`followers` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`following` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`followed_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`registered_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`last_active_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`default_name` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`bio_key` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`interactions_90` IS NOT NULL, FALSE), 1, 0) AS `known`,
          IF(COALESCE(`t1`.`last_active_ms` IS NOT NULL, FALSE), 1, 0) + IF(COALESCE(`t1`.`interactions_90` IS NOT NULL, FALSE), 1, 0) + (
            IF(COALESCE(`t1`.`interactions_30` > 0, FALSE), 1, 0) + IF(COALESCE(`t1`.`interactions_90` > 0, FALSE), 1, 0)
          ) AS `tells`,
          IF(COALESCE((
            `t1`.`as_of_ms` - `t1`.`last_active_ms`
          ) < 7776000000, FALSE), 1, 0) + (
            IF(COALESCE(`t1`.`interactions_30` > 0, FALSE), 1, 0) + IF(COALESCE(`t1`.`interactions_90` > 0, FALSE), 1, 0)
          ) AS `lively`
        FROM (
          SELECT
            `t0`.`follower_id`,
            `t0`.`platform`,
            `t0`.`subject_id`,
            `t0`.`reachable`,
            `t0`.`as_of_ms`,
            `t0`.`followed_ms`,
            `t0`.`followed_minute`,
            `t0`.`registered_ms`,
            `t0`.`last_active_ms`,
            `t0`.`followers`,
            `t0`.`following`,
            `t0`.`posts`,
            `t0`.`likes`,
            `t0`.`interactions_30`,
            `t0`.`interactions_90`,
            `t0`.`has_avatar`,
            `t0`.`avatar_key`,
            `t0`.`bio_key`,
            `t0`.`default_name`,
            `t0`.`verified`,
            `t0`.`region`,
            IF(
              (
                `t0`.`followed_minute` IS NOT NULL
              ) AND (
                `t0`.`followed_minute` <> 0
              ),
              COUNT(*) OVER (
                PARTITION BY `t0`.`platform`, `t0`.`followed_minute`
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              ),
              0
            ) AS `minutes`,
            IF(
              (
                `t0`.`bio_key` IS NOT NULL
              ) AND (
                `t0`.`bio_key` <> 0
              ),
              COUNT(*) OVER (
                PARTITION BY `t0`.`platform`, `t0`.`bio_key`
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              ),
              0
            ) AS `bios`,
            IF(
              (
                `t0`.`avatar_key` IS NOT NULL
              ) AND (
                `t0`.`avatar_key` <> 0
              ),
              COUNT(*) OVER (
                PARTITION BY `t0`.`platform`, `t0`.`avatar_key`
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              ),
              0
            ) AS `pictures`
          FROM `followers` AS `t0`
        ) AS `t1`
      ) AS `t2`
    ) AS `t3`
  ) AS `t4`
  GROUP BY
    1
) AS `t5`
ORDER BY
  `t5`.`platform` ASC NULLS LAST
