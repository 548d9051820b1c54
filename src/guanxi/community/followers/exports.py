"""What the lake has of followers: numbers, flags and digests, each with the customer it is tied to."""

from __future__ import annotations

from typing import Final

from guanxi.customers.exports import one_customer_of
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

_OF_BRAND: Final = "community_followeridentity i JOIN customers_subject s ON s.brand_id = {brand}"
# What a merge, an unmerge or a new customer changes is which customer an identity leads to.
_MARKER: Final = (
    "SELECT count(*) AS n, max(revision) AS revision,"
    " (SELECT count(*) FROM community_followeridentity WHERE brand_id = {brand}) AS identities,"
    f" (SELECT sum((s.customer_id % 1000003) * (i.id % 1009) + s.id % 1009) FROM {_OF_BRAND}"
    " AND s.scheme = i.scheme AND s.key = i.key WHERE i.brand_id = {brand}) AS ties"
    " FROM community_follower WHERE brand_id = {brand}"
)
_COLUMNS: Final = (
    "as_of_ms, followed_ms, followed_minute, registered_ms, last_active_ms, followers, following, posts,"
    " likes, interactions_30, interactions_90,"
    " has_avatar, avatar_key, bio_key, default_name, verified, region"
)
_ROWS: Final = (
    "SELECT f.id AS follower_id, f.platform, "
    + one_customer_of("community_followeridentity i WHERE i.follower_id = f.id")
    + " AS subject_id,"
    " CASE WHEN EXISTS (SELECT 1 FROM community_followeridentity e WHERE e.follower_id = f.id)"
    f" THEN 1 ELSE 0 END AS reachable, {_COLUMNS}"
    " FROM community_follower f WHERE f.brand_id = {brand} ORDER BY f.id"
)


def register() -> None:
    both = ("sqlite", "postgresql")
    registry.snapshots.register(
        SnapshotSource("followers", marker=dict.fromkeys(both, _MARKER), rows=dict.fromkeys(both, _ROWS))
    )
