SELECT
  *
FROM (
  SELECT
    `t1`.`channel`,
    COUNT(*) AS `touches`
  FROM (
    SELECT
      *
    FROM `touchpoints` AS `t0`
    WHERE
      `t0`.`subject_id` IS NOT NULL
      AND `t0`.`channel` IS NOT NULL
      AND `t0`.`channel` <> ''
      AND NOT (
        `t0`.`kind` IN (
          'order.paid',
          'order.refunded',
          'order.placed',
          'order.detailed',
          'customer.merged',
          'customer.unmerged',
          'profile.updated',
          'segment.entered',
          'segment.left',
          'tag.added',
          'tag.removed'
        )
      )
      AND `t0`.`local_day` <= 19723
  ) AS `t1`
  GROUP BY
    1
) AS `t2`
ORDER BY
  `t2`.`touches` DESC,
  `t2`.`channel` ASC NULLS LAST
