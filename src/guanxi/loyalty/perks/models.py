"""Articles and who opened them, featured members, invitations to the survey and its answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guanxi.kernel.clock import now_ms


class Article(models.Model):
    """Something to read. Days are local, both included; None has no bound."""

    brand_id = models.BigIntegerField(db_index=True)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    audience = models.JSONField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    published = models.BooleanField(default=False)
    picture = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1)
    changed_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return self.title_zh


class ArticlePicture(models.Model):
    """Named by what is in it, so that it may be cached for ever."""

    brand_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=60, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.name


class ArticleOpening(models.Model):
    """`day` is the local day as a proleptic ordinal."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField(db_index=True)
    day = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "subject_id", "day"], name="one_opening_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} by {self.subject_id}"


class Featured(models.Model):
    """A member who is to be shown to others, with the member's word on it."""

    brand_id = models.BigIntegerField(db_index=True)
    subject_id = models.BigIntegerField(db_index=True)
    words_zh = models.CharField(max_length=200)
    words_en = models.CharField(max_length=200, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    state = models.CharField(max_length=10)
    asked_ms = models.BigIntegerField(default=now_ms)
    said_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=Q(state__in=["proposed", "shown"]), name="featured_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.state}"


class LeverInvite(models.Model):
    """Somebody whose card asks for the survey."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    key = models.CharField(max_length=120)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_lever_invite_per_key"),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.subject_id}"


class LeverAnswer(models.Model):
    """From 1 to 5 each; None is "don't know"."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    at_ms = models.BigIntegerField(default=now_ms)
    marketing = models.SmallIntegerField(null=True)
    branding = models.SmallIntegerField(null=True)
    service = models.SmallIntegerField(null=True)
    employees = models.SmallIntegerField(null=True)
    innovation = models.SmallIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand_id", "at_ms"], name="lever_answer_by_time")]

    def __str__(self) -> str:
        return f"answer of {self.subject_id}"
