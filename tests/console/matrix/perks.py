"""Content, recognition, the five levers."""

from __future__ import annotations

from guanxi.loyalty.perks.models import Article, Featured
from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.console.world import World

VIEW, MANAGE = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE
FORM = {"title_zh": "新品", "text_zh": "先睹为快", "version": "1", "do": "save"}


def article(w: World) -> int:
    return Article.objects.get(brand_id=w.brand.pk).pk


def featured(w: World) -> int:
    return Featured.objects.get(brand_id=w.brand.pk).pk


PAGES: dict[str, Page] = {
    "articles": Page(VIEW, lambda w: "/loyalty/content"),
    "article-new": Page(MANAGE, lambda w: "/loyalty/content/new"),
    "article-create": Page(MANAGE, lambda w: "/loyalty/content/create", lambda w: FORM),
    "article-edit": Page(MANAGE, lambda w: f"/loyalty/content/{article(w)}/edit"),
    "article-save": Page(MANAGE, lambda w: f"/loyalty/content/{article(w)}/save", lambda w: FORM),
    "featured": Page(VIEW, lambda w: "/loyalty/featured"),
    "featured-propose": Page(
        MANAGE,
        lambda w: "/loyalty/featured/propose",
        lambda w: {"customer": w.second.pk, "words_zh": "谢谢"},
    ),
    "featured-end": Page(MANAGE, lambda w: f"/loyalty/featured/{featured(w)}/end", lambda w: {}),
    "levers": Page(VIEW, lambda w: "/loyalty/levers"),
}
OF_ANY_BRAND = {"articles", "article-new", "article-create", "featured", "levers"}
