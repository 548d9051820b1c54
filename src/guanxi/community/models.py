"""Who follows the brand on its platforms, as the newest list of each tells it, without a word of theirs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Follower(models.Model):
    """An account that follows the brand. Times are UTC milliseconds, flags 0 or 1, NULL is unknown.

    `account_key` is a blind index of the account. `avatar_key` and `bio_key` stand for a picture's address
    and a text, 0 for none. `revision` counts the changes of the brand's followers.
    """

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    platform = models.CharField(max_length=40)
    account_key = models.CharField(max_length=22)
    default_name = models.SmallIntegerField(null=True)
    followed_ms = models.BigIntegerField(null=True)
    followed_minute = models.BigIntegerField(null=True)  # NULL where only the day is known
    registered_ms = models.BigIntegerField(null=True)
    last_active_ms = models.BigIntegerField(null=True)
    followers = models.BigIntegerField(null=True)
    following = models.BigIntegerField(null=True)
    posts = models.BigIntegerField(null=True)
    likes = models.BigIntegerField(null=True)
    interactions_30 = models.BigIntegerField(null=True)
    interactions_90 = models.BigIntegerField(null=True)
    has_avatar = models.SmallIntegerField(null=True)
    avatar_key = models.BigIntegerField(null=True)
    bio_key = models.BigIntegerField(null=True)
    verified = models.SmallIntegerField(null=True)
    region = models.CharField(max_length=40, blank=True)
    as_of_ms = models.BigIntegerField()  # of the list that told it last
    import_id = models.BigIntegerField()
    revision = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "platform", "account_key"], name="one_follower_per_account"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["brand", "revision"], name="follower_revision")]

    def __str__(self) -> str:
        return f"{self.platform} #{self.pk}"


class FollowerIdentity(models.Model):
    """What a list says that may be known of the follower elsewhere: a blind index of a phone, or an id."""

    brand_id = models.BigIntegerField()
    follower = models.ForeignKey(Follower, models.CASCADE, related_name="identities")
    scheme = models.CharField(max_length=60)
    key = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "scheme", "key"], name="one_identity_of_a_follower")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "scheme", "key"], name="follower_identity")]

    def __str__(self) -> str:
        return f"{self.scheme} of {self.follower_id}"
