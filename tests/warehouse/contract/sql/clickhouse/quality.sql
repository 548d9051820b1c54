SELECT
  *
FROM (
  SELECT
    "t4"."platform" AS "platform",
    COUNT(*) AS "followers",
    SUM(CAST("t4"."reachable" AS Nullable(Int64))) AS "reachable",
    SUM(
      CASE
        WHEN "t4"."verdict" = 'suspicious'
        THEN CAST("t4"."reachable" AS Nullable(Int64))
        ELSE 0
      END
    ) AS "reachable_suspicious",
    SUM(CASE WHEN COALESCE(isNotNull("t4"."subject_id"), FALSE) THEN 1 ELSE 0 END) AS "tied",
    MIN("t4"."as_of_ms") AS "first_ms",
    MAX("t4"."as_of_ms") AS "last_ms",
    COALESCE(SUM(CASE WHEN COALESCE("t4"."verdict" = 'active', FALSE) THEN 1 ELSE 0 END), 0) AS "active",
    COALESCE(SUM(CASE WHEN COALESCE("t4"."verdict" = 'asleep', FALSE) THEN 1 ELSE 0 END), 0) AS "asleep",
    COALESCE(SUM(CASE WHEN COALESCE("t4"."verdict" = 'suspicious', FALSE) THEN 1 ELSE 0 END), 0) AS "suspicious",
    COALESCE(
      SUM(CASE WHEN COALESCE("t4"."verdict" = 'insufficient', FALSE) THEN 1 ELSE 0 END),
      0
    ) AS "insufficient",
    COALESCE(SUM("t4"."told_has_avatar"), 0) AS "known_has_avatar",
    COALESCE(SUM("t4"."told_posts"), 0) AS "known_posts",
    COALESCE(SUM("t4"."told_followers"), 0) AS "known_followers",
    COALESCE(SUM("t4"."told_following"), 0) AS "known_following",
    COALESCE(SUM("t4"."told_followed_ms"), 0) AS "known_followed_ms",
    COALESCE(SUM("t4"."told_registered_ms"), 0) AS "known_registered_ms",
    COALESCE(SUM("t4"."told_last_active_ms"), 0) AS "known_last_active_ms",
    COALESCE(SUM("t4"."told_default_name"), 0) AS "known_default_name",
    COALESCE(SUM("t4"."told_bio_key"), 0) AS "known_bio_key",
    COALESCE(SUM("t4"."told_interactions_90"), 0) AS "known_interactions_90",
    COALESCE(SUM("t4"."reason_blank_profile"), 0) AS "all_blank_profile",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_blank_profile" ELSE 0 END
      ),
      0
    ) AS "sus_blank_profile",
    COALESCE(SUM("t4"."reason_follows_far_more"), 0) AS "all_follows_far_more",
    COALESCE(
      SUM(
        CASE
          WHEN "t4"."verdict" = 'suspicious'
          THEN "t4"."reason_follows_far_more"
          ELSE 0
        END
      ),
      0
    ) AS "sus_follows_far_more",
    COALESCE(SUM("t4"."reason_follows_very_many"), 0) AS "all_follows_very_many",
    COALESCE(
      SUM(
        CASE
          WHEN "t4"."verdict" = 'suspicious'
          THEN "t4"."reason_follows_very_many"
          ELSE 0
        END
      ),
      0
    ) AS "sus_follows_very_many",
    COALESCE(SUM("t4"."reason_default_name"), 0) AS "all_default_name",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_default_name" ELSE 0 END
      ),
      0
    ) AS "sus_default_name",
    COALESCE(SUM("t4"."reason_made_to_follow"), 0) AS "all_made_to_follow",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_made_to_follow" ELSE 0 END
      ),
      0
    ) AS "sus_made_to_follow",
    COALESCE(SUM("t4"."reason_posts_too_fast"), 0) AS "all_posts_too_fast",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_posts_too_fast" ELSE 0 END
      ),
      0
    ) AS "sus_posts_too_fast",
    COALESCE(SUM("t4"."reason_followed_in_a_batch"), 0) AS "all_followed_in_a_batch",
    COALESCE(
      SUM(
        CASE
          WHEN "t4"."verdict" = 'suspicious'
          THEN "t4"."reason_followed_in_a_batch"
          ELSE 0
        END
      ),
      0
    ) AS "sus_followed_in_a_batch",
    COALESCE(SUM("t4"."reason_same_bio"), 0) AS "all_same_bio",
    COALESCE(
      SUM(CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_same_bio" ELSE 0 END),
      0
    ) AS "sus_same_bio",
    COALESCE(SUM("t4"."reason_same_picture"), 0) AS "all_same_picture",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_same_picture" ELSE 0 END
      ),
      0
    ) AS "sus_same_picture",
    COALESCE(SUM("t4"."reason_silent_since"), 0) AS "all_silent_since",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_silent_since" ELSE 0 END
      ),
      0
    ) AS "sus_silent_since",
    COALESCE(SUM("t4"."reason_verified"), 0) AS "all_verified",
    COALESCE(
      SUM(CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_verified" ELSE 0 END),
      0
    ) AS "sus_verified",
    COALESCE(SUM("t4"."reason_is_customer"), 0) AS "all_is_customer",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_is_customer" ELSE 0 END
      ),
      0
    ) AS "sus_is_customer",
    COALESCE(SUM("t4"."reason_dormant_90"), 0) AS "all_dormant_90",
    COALESCE(
      SUM(CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_dormant_90" ELSE 0 END),
      0
    ) AS "sus_dormant_90",
    COALESCE(SUM("t4"."reason_dormant_180"), 0) AS "all_dormant_180",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_dormant_180" ELSE 0 END
      ),
      0
    ) AS "sus_dormant_180",
    COALESCE(SUM("t4"."reason_no_interaction"), 0) AS "all_no_interaction",
    COALESCE(
      SUM(
        CASE WHEN "t4"."verdict" = 'suspicious' THEN "t4"."reason_no_interaction" ELSE 0 END
      ),
      0
    ) AS "sus_no_interaction"
  FROM (
    SELECT
      "t3"."follower_id" AS "follower_id",
      "t3"."platform" AS "platform",
      "t3"."subject_id" AS "subject_id",
      "t3"."reachable" AS "reachable",
      "t3"."as_of_ms" AS "as_of_ms",
      "t3"."reason_blank_profile" AS "reason_blank_profile",
      "t3"."reason_follows_far_more" AS "reason_follows_far_more",
      "t3"."reason_follows_very_many" AS "reason_follows_very_many",
      "t3"."reason_default_name" AS "reason_default_name",
      "t3"."reason_made_to_follow" AS "reason_made_to_follow",
      "t3"."reason_posts_too_fast" AS "reason_posts_too_fast",
      "t3"."reason_followed_in_a_batch" AS "reason_followed_in_a_batch",
      "t3"."reason_same_bio" AS "reason_same_bio",
      "t3"."reason_same_picture" AS "reason_same_picture",
      "t3"."reason_silent_since" AS "reason_silent_since",
      "t3"."reason_verified" AS "reason_verified",
      "t3"."reason_is_customer" AS "reason_is_customer",
      "t3"."reason_dormant_90" AS "reason_dormant_90",
      "t3"."reason_dormant_180" AS "reason_dormant_180",
      "t3"."reason_no_interaction" AS "reason_no_interaction",
      "t3"."score" AS "score",
      "t3"."known" AS "known",
      CASE
        WHEN "t3"."score" >= 70
        THEN 'suspicious'
        WHEN (
          "t3"."known" < 2
        ) OR (
          "t3"."tells" = 0
        )
        THEN 'insufficient'
        WHEN "t3"."lively" > 0
        THEN 'active'
        ELSE 'asleep'
      END AS "verdict",
      CASE WHEN COALESCE(isNotNull("t3"."has_avatar"), FALSE) THEN 1 ELSE 0 END AS "told_has_avatar",
      CASE WHEN COALESCE(isNotNull("t3"."posts"), FALSE) THEN 1 ELSE 0 END AS "told_posts",
      CASE WHEN COALESCE(isNotNull("t3"."followers"), FALSE) THEN 1 ELSE 0 END AS "told_followers",
      CASE WHEN COALESCE(isNotNull("t3"."following"), FALSE) THEN 1 ELSE 0 END AS "told_following",
      CASE WHEN COALESCE(isNotNull("t3"."followed_ms"), FALSE) THEN 1 ELSE 0 END AS "told_followed_ms",
      CASE WHEN COALESCE(isNotNull("t3"."registered_ms"), FALSE) THEN 1 ELSE 0 END AS "told_registered_ms",
      CASE WHEN COALESCE(isNotNull("t3"."last_active_ms"), FALSE) THEN 1 ELSE 0 END AS "told_last_active_ms",
      CASE WHEN COALESCE(isNotNull("t3"."default_name"), FALSE) THEN 1 ELSE 0 END AS "told_default_name",
      CASE WHEN COALESCE(isNotNull("t3"."bio_key"), FALSE) THEN 1 ELSE 0 END AS "told_bio_key",
      CASE WHEN COALESCE(isNotNull("t3"."interactions_90"), FALSE) THEN 1 ELSE 0 END AS "told_interactions_90"
    FROM (
      SELECT
        "t2"."follower_id" AS "follower_id",
        "t2"."platform" AS "platform",
        "t2"."subject_id" AS "subject_id",
        "t2"."reachable" AS "reachable",
        "t2"."as_of_ms" AS "as_of_ms",
        "t2"."followed_ms" AS "followed_ms",
        "t2"."followed_minute" AS "followed_minute",
        "t2"."registered_ms" AS "registered_ms",
        "t2"."last_active_ms" AS "last_active_ms",
        "t2"."followers" AS "followers",
        "t2"."following" AS "following",
        "t2"."posts" AS "posts",
        "t2"."likes" AS "likes",
        "t2"."interactions_30" AS "interactions_30",
        "t2"."interactions_90" AS "interactions_90",
        "t2"."has_avatar" AS "has_avatar",
        "t2"."avatar_key" AS "avatar_key",
        "t2"."bio_key" AS "bio_key",
        "t2"."default_name" AS "default_name",
        "t2"."verified" AS "verified",
        "t2"."region" AS "region",
        "t2"."minutes" AS "minutes",
        "t2"."bios" AS "bios",
        "t2"."pictures" AS "pictures",
        "t2"."reason_blank_profile" AS "reason_blank_profile",
        "t2"."reason_follows_far_more" AS "reason_follows_far_more",
        "t2"."reason_follows_very_many" AS "reason_follows_very_many",
        "t2"."reason_default_name" AS "reason_default_name",
        "t2"."reason_made_to_follow" AS "reason_made_to_follow",
        "t2"."reason_posts_too_fast" AS "reason_posts_too_fast",
        "t2"."reason_followed_in_a_batch" AS "reason_followed_in_a_batch",
        "t2"."reason_same_bio" AS "reason_same_bio",
        "t2"."reason_same_picture" AS "reason_same_picture",
        "t2"."reason_silent_since" AS "reason_silent_since",
        "t2"."reason_verified" AS "reason_verified",
        "t2"."reason_is_customer" AS "reason_is_customer",
        "t2"."reason_dormant_90" AS "reason_dormant_90",
        "t2"."reason_dormant_180" AS "reason_dormant_180",
        "t2"."reason_no_interaction" AS "reason_no_interaction",
        "t2"."known" AS "known",
        "t2"."tells" AS "tells",
        "t2"."lively" AS "lively",
        0 + (
          "t2"."reason_blank_profile" * 60
        ) + (
          "t2"."reason_follows_far_more" * 40
        ) + (
          "t2"."reason_follows_very_many" * 30
        ) + (
          "t2"."reason_default_name" * 30
        ) + (
          "t2"."reason_made_to_follow" * 40
        ) + (
          "t2"."reason_posts_too_fast" * 40
        ) + (
          "t2"."reason_followed_in_a_batch" * 40
        ) + (
          "t2"."reason_same_bio" * 40
        ) + (
          "t2"."reason_same_picture" * 20
        ) + (
          "t2"."reason_silent_since" * 20
        ) + (
          "t2"."reason_verified" * -50
        ) + (
          "t2"."reason_is_customer" * -70
        ) AS "score"
      FROM (
        SELECT
          "t1"."follower_id" AS "follower_id",
          "t1"."platform" AS "platform",
          "t1"."subject_id" AS "subject_id",
          "t1"."reachable" AS "reachable",
          "t1"."as_of_ms" AS "as_of_ms",
          "t1"."followed_ms" AS "followed_ms",
          "t1"."followed_minute" AS "followed_minute",
          "t1"."registered_ms" AS "registered_ms",
          "t1"."last_active_ms" AS "last_active_ms",
          "t1"."followers" AS "followers",
          "t1"."following" AS "following",
          "t1"."posts" AS "posts",
          "t1"."likes" AS "likes",
          "t1"."interactions_30" AS "interactions_30",
          "t1"."interactions_90" AS "interactions_90",
          "t1"."has_avatar" AS "has_avatar",
          "t1"."avatar_key" AS "avatar_key",
          "t1"."bio_key" AS "bio_key",
          "t1"."default_name" AS "default_name",
          "t1"."verified" AS "verified",
          "t1"."region" AS "region",
          "t1"."minutes" AS "minutes",
          "t1"."bios" AS "bios",
          "t1"."pictures" AS "pictures",
          CASE
            WHEN COALESCE((
              "t1"."has_avatar" = 0
            ) AND (
              "t1"."posts" = 0
            ), FALSE)
            THEN 1
            ELSE 0
          END AS "reason_blank_profile",
          CASE
            WHEN COALESCE(
              (
                "t1"."following" >= 200
              )
              AND (
                "t1"."following" >= (
                  (
                    "t1"."followers" + 1
                  ) * 20
                )
              ),
              FALSE
            )
            THEN 1
            ELSE 0
          END AS "reason_follows_far_more",
          CASE WHEN COALESCE("t1"."following" > 1500, FALSE) THEN 1 ELSE 0 END AS "reason_follows_very_many",
          CASE WHEN COALESCE("t1"."default_name" = 1, FALSE) THEN 1 ELSE 0 END AS "reason_default_name",
          CASE
            WHEN COALESCE(
              (
                (
                  "t1"."followed_ms" - "t1"."registered_ms"
                ) >= 0
              )
              AND (
                (
                  "t1"."followed_ms" - "t1"."registered_ms"
                ) <= 259200000
              ),
              FALSE
            )
            THEN 1
            ELSE 0
          END AS "reason_made_to_follow",
          CASE
            WHEN COALESCE(
              (
                "t1"."posts" * 86400000
              ) > (
                (
                  (
                    "t1"."as_of_ms" - "t1"."registered_ms"
                  ) + 86400000
                ) * 50
              ),
              FALSE
            )
            THEN 1
            ELSE 0
          END AS "reason_posts_too_fast",
          CASE WHEN COALESCE("t1"."minutes" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_followed_in_a_batch",
          CASE WHEN COALESCE("t1"."bios" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_same_bio",
          CASE WHEN COALESCE("t1"."pictures" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_same_picture",
          CASE
            WHEN COALESCE((
              "t1"."last_active_ms" + 86400000
            ) < "t1"."followed_ms", FALSE)
            THEN 1
            ELSE 0
          END AS "reason_silent_since",
          CASE WHEN COALESCE("t1"."verified" = 1, FALSE) THEN 1 ELSE 0 END AS "reason_verified",
          CASE WHEN COALESCE(isNotNull("t1"."subject_id"), FALSE) THEN 1 ELSE 0 END AS "reason_is_customer",
          CASE
            WHEN COALESCE((
              "t1"."as_of_ms" - "t1"."last_active_ms"
            ) >= 7776000000, FALSE)
            THEN 1
            ELSE 0
          END AS "reason_dormant_90",
          CASE
            WHEN COALESCE((
              "t1"."as_of_ms" - "t1"."last_active_ms"
            ) >= 15552000000, FALSE)
            THEN 1
            ELSE 0
          END AS "reason_dormant_180",
          CASE WHEN COALESCE("t1"."interactions_90" = 0, FALSE) THEN 1 ELSE 0 END AS "reason_no_interaction",
          0 + CASE WHEN COALESCE(isNotNull("t1"."has_avatar"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."posts"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."followers"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."following"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."followed_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."registered_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."last_active_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."default_name"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."bio_key"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."interactions_90"), FALSE) THEN 1 ELSE 0 END AS "known",
          CASE WHEN COALESCE(isNotNull("t1"."last_active_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t1"."interactions_90"), FALSE) THEN 1 ELSE 0 END + (
            CASE WHEN COALESCE("t1"."interactions_30" > 0, FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE("t1"."interactions_90" > 0, FALSE) THEN 1 ELSE 0 END
          ) AS "tells",
          CASE
            WHEN COALESCE((
              "t1"."as_of_ms" - "t1"."last_active_ms"
            ) < 7776000000, FALSE)
            THEN 1
            ELSE 0
          END + (
            CASE WHEN COALESCE("t1"."interactions_30" > 0, FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE("t1"."interactions_90" > 0, FALSE) THEN 1 ELSE 0 END
          ) AS "lively"
        FROM (
          SELECT
            "t0"."follower_id" AS "follower_id",
            "t0"."platform" AS "platform",
            "t0"."subject_id" AS "subject_id",
            "t0"."reachable" AS "reachable",
            "t0"."as_of_ms" AS "as_of_ms",
            "t0"."followed_ms" AS "followed_ms",
            "t0"."followed_minute" AS "followed_minute",
            "t0"."registered_ms" AS "registered_ms",
            "t0"."last_active_ms" AS "last_active_ms",
            "t0"."followers" AS "followers",
            "t0"."following" AS "following",
            "t0"."posts" AS "posts",
            "t0"."likes" AS "likes",
            "t0"."interactions_30" AS "interactions_30",
            "t0"."interactions_90" AS "interactions_90",
            "t0"."has_avatar" AS "has_avatar",
            "t0"."avatar_key" AS "avatar_key",
            "t0"."bio_key" AS "bio_key",
            "t0"."default_name" AS "default_name",
            "t0"."verified" AS "verified",
            "t0"."region" AS "region",
            CASE
              WHEN isNotNull("t0"."followed_minute") AND (
                "t0"."followed_minute" <> 0
              )
              THEN COUNT(*) OVER (
                PARTITION BY "t0"."platform", "t0"."followed_minute"
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              )
              ELSE 0
            END AS "minutes",
            CASE
              WHEN isNotNull("t0"."bio_key") AND (
                "t0"."bio_key" <> 0
              )
              THEN COUNT(*) OVER (
                PARTITION BY "t0"."platform", "t0"."bio_key"
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              )
              ELSE 0
            END AS "bios",
            CASE
              WHEN isNotNull("t0"."avatar_key") AND (
                "t0"."avatar_key" <> 0
              )
              THEN COUNT(*) OVER (
                PARTITION BY "t0"."platform", "t0"."avatar_key"
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              )
              ELSE 0
            END AS "pictures"
          FROM "followers" AS "t0"
        ) AS "t1"
      ) AS "t2"
    ) AS "t3"
  ) AS "t4"
  GROUP BY
    "t4"."platform"
) AS "t5"
ORDER BY
  "t5"."platform" ASC
