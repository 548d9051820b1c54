SELECT
  *
FROM (
  SELECT
    "t33"."follower_id" AS "follower_id",
    "t33"."platform" AS "platform",
    "t33"."verdict" AS "verdict",
    "t33"."customer_id" AS "customer_id",
    COALESCE("t27"."is_member", 0) AS "is_member",
    COALESCE("t27"."is_advocate", 0) AS "is_advocate",
    COALESCE("t27"."days", 0) AS "days",
    COALESCE("t27"."margin_mfen", 0) AS "margin_mfen"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        COALESCE("t8"."root", "t30"."subject_id") AS "customer_id",
        "t30"."follower_id" AS "follower_id",
        "t30"."platform" AS "platform",
        "t30"."verdict" AS "verdict"
      FROM (
        SELECT
          "t28"."follower_id" AS "follower_id",
          "t28"."platform" AS "platform",
          CASE
            WHEN "t28"."score" >= 70
            THEN 'suspicious'
            WHEN (
              "t28"."known" < 2
            ) OR (
              "t28"."tells" = 0
            )
            THEN 'insufficient'
            WHEN "t28"."lively" > 0
            THEN 'active'
            ELSE 'asleep'
          END AS "verdict",
          "t28"."subject_id" AS "subject_id"
        FROM (
          SELECT
            "t21"."follower_id" AS "follower_id",
            "t21"."platform" AS "platform",
            "t21"."subject_id" AS "subject_id",
            "t21"."reachable" AS "reachable",
            "t21"."as_of_ms" AS "as_of_ms",
            "t21"."followed_ms" AS "followed_ms",
            "t21"."followed_minute" AS "followed_minute",
            "t21"."registered_ms" AS "registered_ms",
            "t21"."last_active_ms" AS "last_active_ms",
            "t21"."followers" AS "followers",
            "t21"."following" AS "following",
            "t21"."posts" AS "posts",
            "t21"."likes" AS "likes",
            "t21"."interactions_30" AS "interactions_30",
            "t21"."interactions_90" AS "interactions_90",
            "t21"."has_avatar" AS "has_avatar",
            "t21"."avatar_key" AS "avatar_key",
            "t21"."bio_key" AS "bio_key",
            "t21"."default_name" AS "default_name",
            "t21"."verified" AS "verified",
            "t21"."region" AS "region",
            "t21"."minutes" AS "minutes",
            "t21"."bios" AS "bios",
            "t21"."pictures" AS "pictures",
            "t21"."reason_blank_profile" AS "reason_blank_profile",
            "t21"."reason_follows_far_more" AS "reason_follows_far_more",
            "t21"."reason_follows_very_many" AS "reason_follows_very_many",
            "t21"."reason_default_name" AS "reason_default_name",
            "t21"."reason_made_to_follow" AS "reason_made_to_follow",
            "t21"."reason_posts_too_fast" AS "reason_posts_too_fast",
            "t21"."reason_followed_in_a_batch" AS "reason_followed_in_a_batch",
            "t21"."reason_same_bio" AS "reason_same_bio",
            "t21"."reason_same_picture" AS "reason_same_picture",
            "t21"."reason_silent_since" AS "reason_silent_since",
            "t21"."reason_verified" AS "reason_verified",
            "t21"."reason_is_customer" AS "reason_is_customer",
            "t21"."reason_dormant_90" AS "reason_dormant_90",
            "t21"."reason_dormant_180" AS "reason_dormant_180",
            "t21"."reason_no_interaction" AS "reason_no_interaction",
            "t21"."known" AS "known",
            "t21"."tells" AS "tells",
            "t21"."lively" AS "lively",
            0 + (
              "t21"."reason_blank_profile" * 60
            ) + (
              "t21"."reason_follows_far_more" * 40
            ) + (
              "t21"."reason_follows_very_many" * 30
            ) + (
              "t21"."reason_default_name" * 30
            ) + (
              "t21"."reason_made_to_follow" * 40
            ) + (
              "t21"."reason_posts_too_fast" * 40
            ) + (
              "t21"."reason_followed_in_a_batch" * 40
            ) + (
              "t21"."reason_same_bio" * 40
            ) + (
              "t21"."reason_same_picture" * 20
            ) + (
              "t21"."reason_silent_since" * 20
            ) + (
              "t21"."reason_verified" * -50
            ) + (
              "t21"."reason_is_customer" * -70
            ) AS "score"
          FROM (
            SELECT
              "t12"."follower_id" AS "follower_id",
              "t12"."platform" AS "platform",
              "t12"."subject_id" AS "subject_id",
              "t12"."reachable" AS "reachable",
              "t12"."as_of_ms" AS "as_of_ms",
              "t12"."followed_ms" AS "followed_ms",
              "t12"."followed_minute" AS "followed_minute",
              "t12"."registered_ms" AS "registered_ms",
              "t12"."last_active_ms" AS "last_active_ms",
              "t12"."followers" AS "followers",
              "t12"."following" AS "following",
              "t12"."posts" AS "posts",
              "t12"."likes" AS "likes",
              "t12"."interactions_30" AS "interactions_30",
              "t12"."interactions_90" AS "interactions_90",
              "t12"."has_avatar" AS "has_avatar",
              "t12"."avatar_key" AS "avatar_key",
              "t12"."bio_key" AS "bio_key",
              "t12"."default_name" AS "default_name",
              "t12"."verified" AS "verified",
              "t12"."region" AS "region",
              "t12"."minutes" AS "minutes",
              "t12"."bios" AS "bios",
              "t12"."pictures" AS "pictures",
              CASE
                WHEN COALESCE((
                  "t12"."has_avatar" = 0
                ) AND (
                  "t12"."posts" = 0
                ), FALSE)
                THEN 1
                ELSE 0
              END AS "reason_blank_profile",
              CASE
                WHEN COALESCE(
                  (
                    "t12"."following" >= 200
                  )
                  AND (
                    "t12"."following" >= (
                      (
                        "t12"."followers" + 1
                      ) * 20
                    )
                  ),
                  FALSE
                )
                THEN 1
                ELSE 0
              END AS "reason_follows_far_more",
              CASE WHEN COALESCE("t12"."following" > 1500, FALSE) THEN 1 ELSE 0 END AS "reason_follows_very_many",
              CASE WHEN COALESCE("t12"."default_name" = 1, FALSE) THEN 1 ELSE 0 END AS "reason_default_name",
              CASE
                WHEN COALESCE(
                  (
                    (
                      "t12"."followed_ms" - "t12"."registered_ms"
                    ) >= 0
                  )
                  AND (
                    (
                      "t12"."followed_ms" - "t12"."registered_ms"
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
                    "t12"."posts" * 86400000
                  ) > (
                    (
                      (
                        "t12"."as_of_ms" - "t12"."registered_ms"
                      ) + 86400000
                    ) * 50
                  ),
                  FALSE
                )
                THEN 1
                ELSE 0
              END AS "reason_posts_too_fast",
              CASE WHEN COALESCE("t12"."minutes" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_followed_in_a_batch",
              CASE WHEN COALESCE("t12"."bios" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_same_bio",
              CASE WHEN COALESCE("t12"."pictures" >= 2, FALSE) THEN 1 ELSE 0 END AS "reason_same_picture",
              CASE
                WHEN COALESCE((
                  "t12"."last_active_ms" + 86400000
                ) < "t12"."followed_ms", FALSE)
                THEN 1
                ELSE 0
              END AS "reason_silent_since",
              CASE WHEN COALESCE("t12"."verified" = 1, FALSE) THEN 1 ELSE 0 END AS "reason_verified",
              CASE WHEN COALESCE(isNotNull("t12"."subject_id"), FALSE) THEN 1 ELSE 0 END AS "reason_is_customer",
              CASE
                WHEN COALESCE((
                  "t12"."as_of_ms" - "t12"."last_active_ms"
                ) >= 7776000000, FALSE)
                THEN 1
                ELSE 0
              END AS "reason_dormant_90",
              CASE
                WHEN COALESCE((
                  "t12"."as_of_ms" - "t12"."last_active_ms"
                ) >= 15552000000, FALSE)
                THEN 1
                ELSE 0
              END AS "reason_dormant_180",
              CASE WHEN COALESCE("t12"."interactions_90" = 0, FALSE) THEN 1 ELSE 0 END AS "reason_no_interaction",
              0 + CASE WHEN COALESCE(isNotNull("t12"."has_avatar"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."posts"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."followers"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."following"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."followed_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."registered_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."last_active_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."default_name"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."bio_key"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."interactions_90"), FALSE) THEN 1 ELSE 0 END AS "known",
              CASE WHEN COALESCE(isNotNull("t12"."last_active_ms"), FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE(isNotNull("t12"."interactions_90"), FALSE) THEN 1 ELSE 0 END + (
                CASE WHEN COALESCE("t12"."interactions_30" > 0, FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE("t12"."interactions_90" > 0, FALSE) THEN 1 ELSE 0 END
              ) AS "tells",
              CASE
                WHEN COALESCE((
                  "t12"."as_of_ms" - "t12"."last_active_ms"
                ) < 7776000000, FALSE)
                THEN 1
                ELSE 0
              END + (
                CASE WHEN COALESCE("t12"."interactions_30" > 0, FALSE) THEN 1 ELSE 0 END + CASE WHEN COALESCE("t12"."interactions_90" > 0, FALSE) THEN 1 ELSE 0 END
              ) AS "lively"
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
                CASE
                  WHEN isNotNull("t1"."followed_minute") AND (
                    "t1"."followed_minute" <> 0
                  )
                  THEN COUNT(*) OVER (
                    PARTITION BY "t1"."platform", "t1"."followed_minute"
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  )
                  ELSE 0
                END AS "minutes",
                CASE
                  WHEN isNotNull("t1"."bio_key") AND (
                    "t1"."bio_key" <> 0
                  )
                  THEN COUNT(*) OVER (
                    PARTITION BY "t1"."platform", "t1"."bio_key"
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  )
                  ELSE 0
                END AS "bios",
                CASE
                  WHEN isNotNull("t1"."avatar_key") AND (
                    "t1"."avatar_key" <> 0
                  )
                  THEN COUNT(*) OVER (
                    PARTITION BY "t1"."platform", "t1"."avatar_key"
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  )
                  ELSE 0
                END AS "pictures"
              FROM "followers" AS "t1"
            ) AS "t12"
          ) AS "t21"
        ) AS "t28"
        WHERE
          isNotNull("t28"."subject_id")
      ) AS "t30"
      LEFT OUTER JOIN (
        SELECT
          "t0"."subject_id" AS "mapped_subject",
          "t0"."customer_id" AS "root"
        FROM "subject_map" AS "t0"
        WHERE
          "t0"."customer_id" <> "t0"."subject_id"
      ) AS "t8"
        ON "t30"."subject_id" = "t8"."mapped_subject"
    ) AS "t31"
    WHERE
      isNotNull("t31"."customer_id")
  ) AS "t33"
  LEFT OUTER JOIN (
    SELECT
      "t25"."customer_id" AS "customer_id",
      MAX("t25"."is_member") AS "is_member",
      MAX("t25"."is_advocate") AS "is_advocate",
      MAX("t25"."days") AS "days",
      SUM("t25"."margin_mfen") AS "margin_mfen"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t13"."customer_id" AS "customer_id",
            1 AS "is_member",
            0 AS "is_advocate",
            0 AS "days",
            0 AS "margin_mfen"
          FROM (
            SELECT
              COALESCE("t8"."root", "t9"."subject_id") AS "customer_id"
            FROM (
              SELECT DISTINCT
                "t2"."subject_id" AS "subject_id"
              FROM "touchpoints" AS "t2"
              WHERE
                "t2"."kind" IN ('member.joined') AND isNotNull("t2"."subject_id")
            ) AS "t9"
            LEFT OUTER JOIN (
              SELECT
                "t0"."subject_id" AS "mapped_subject",
                "t0"."customer_id" AS "root"
              FROM "subject_map" AS "t0"
              WHERE
                "t0"."customer_id" <> "t0"."subject_id"
            ) AS "t8"
              ON "t9"."subject_id" = "t8"."mapped_subject"
          ) AS "t13"
        ) AS "t16"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t0"."customer_id" AS "customer_id",
            1 AS "is_member",
            0 AS "is_advocate",
            0 AS "days",
            0 AS "margin_mfen"
          FROM "subject_map" AS "t0"
          WHERE
            "t0"."scheme" = 'member'
        ) AS "t4"
      ) AS "t18"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t14"."customer_id" AS "customer_id",
            0 AS "is_member",
            1 AS "is_advocate",
            0 AS "days",
            0 AS "margin_mfen"
          FROM (
            SELECT
              COALESCE("t8"."root", "t10"."subject_id") AS "customer_id"
            FROM (
              SELECT DISTINCT
                "t2"."subject_id" AS "subject_id"
              FROM "touchpoints" AS "t2"
              WHERE
                "t2"."kind" IN ('code.scanned') AND isNotNull("t2"."subject_id")
            ) AS "t10"
            LEFT OUTER JOIN (
              SELECT
                "t0"."subject_id" AS "mapped_subject",
                "t0"."customer_id" AS "root"
              FROM "subject_map" AS "t0"
              WHERE
                "t0"."customer_id" <> "t0"."subject_id"
            ) AS "t8"
              ON "t10"."subject_id" = "t8"."mapped_subject"
          ) AS "t14"
        ) AS "t17"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t22"."customer_id" AS "customer_id",
            0 AS "is_member",
            0 AS "is_advocate",
            "t22"."days" AS "days",
            "t22"."margin_mfen" AS "margin_mfen"
          FROM (
            SELECT
              "t20"."customer_id" AS "customer_id",
              MIN(
                CASE
                  WHEN "t20"."orders" > 0
                  THEN "t20"."local_day"
                  ELSE CAST(NULL AS Nullable(Int32))
                END
              ) AS "first_day",
              MAX(
                CASE
                  WHEN "t20"."orders" > 0
                  THEN "t20"."local_day"
                  ELSE CAST(NULL AS Nullable(Int32))
                END
              ) AS "last_day",
              COUNT(CASE WHEN "t20"."orders" > 0 THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END) AS "days",
              COALESCE(CAST(SUM("t20"."orders") AS Nullable(Int64)), 0) AS "orders",
              COALESCE(CAST(SUM("t20"."revenue_fen") AS Nullable(Int64)), 0) AS "revenue_fen",
              argMin(
                tuple("t20"."revenue_fen"),
                COALESCE(
                  CASE
                    WHEN "t20"."orders" > 0
                    THEN "t20"."local_day"
                    ELSE CAST(NULL AS Nullable(Int32))
                  END,
                  2147483647
                )
              ).1 AS "first_day_fen",
              COALESCE(CAST(SUM("t20"."refunds_fen") AS Nullable(Int64)), 0) AS "refunds_fen",
              COALESCE(CAST(SUM("t20"."margin_mfen") AS Nullable(Int64)), 0) AS "margin_mfen"
            FROM (
              SELECT
                "t19"."customer_id" AS "customer_id",
                "t19"."local_day" AS "local_day",
                "t19"."orders" AS "orders",
                "t19"."revenue_fen" AS "revenue_fen",
                "t19"."refunds_fen" AS "refunds_fen",
                (
                  "t19"."revenue_fen" - "t19"."refunds_fen"
                ) * 600 AS "margin_mfen"
              FROM (
                SELECT
                  "t15"."customer_id" AS "customer_id",
                  "t15"."local_day" AS "local_day",
                  COUNT(
                    CASE WHEN "t15"."kind" = 'order.paid' THEN 1 ELSE CAST(NULL AS Nullable(Int64)) END
                  ) AS "orders",
                  COALESCE(
                    CAST(SUM(
                      CASE
                        WHEN "t15"."kind" = 'order.paid'
                        THEN "t15"."amount_fen"
                        ELSE CAST(NULL AS Nullable(Int64))
                      END
                    ) AS Nullable(Int64)),
                    0
                  ) AS "revenue_fen",
                  COALESCE(
                    CAST(SUM(
                      CASE
                        WHEN "t15"."kind" = 'order.refunded'
                        THEN "t15"."amount_fen"
                        ELSE CAST(NULL AS Nullable(Int64))
                      END
                    ) AS Nullable(Int64)),
                    0
                  ) AS "refunds_fen"
                FROM (
                  SELECT
                    COALESCE("t8"."root", "t11"."subject_id") AS "customer_id",
                    "t11"."local_day" AS "local_day",
                    "t11"."kind" AS "kind",
                    "t11"."amount_fen" AS "amount_fen"
                  FROM (
                    SELECT
                      "t2"."subject_id" AS "subject_id",
                      "t2"."local_day" AS "local_day",
                      "t2"."kind" AS "kind",
                      "t2"."amount_fen" AS "amount_fen"
                    FROM "touchpoints" AS "t2"
                    WHERE
                      "t2"."kind" IN ('order.paid', 'order.refunded')
                      AND isNotNull("t2"."subject_id")
                      AND "t2"."local_day" <= 19723
                  ) AS "t11"
                  LEFT OUTER JOIN (
                    SELECT
                      "t0"."subject_id" AS "mapped_subject",
                      "t0"."customer_id" AS "root"
                    FROM "subject_map" AS "t0"
                    WHERE
                      "t0"."customer_id" <> "t0"."subject_id"
                  ) AS "t8"
                    ON "t11"."subject_id" = "t8"."mapped_subject"
                ) AS "t15"
                GROUP BY
                  "t15"."customer_id",
                  "t15"."local_day"
              ) AS "t19"
            ) AS "t20"
            GROUP BY
              "t20"."customer_id"
          ) AS "t22"
          WHERE
            "t22"."orders" > 0
        ) AS "t23"
      ) AS "t24"
    ) AS "t25"
    GROUP BY
      "t25"."customer_id"
  ) AS "t27"
    ON "t33"."customer_id" = "t27"."customer_id"
) AS "t34"
ORDER BY
  "t34"."follower_id" ASC
