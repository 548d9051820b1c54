"""This room's entries of the console's menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.ui.navigation import Chapter, Entry, menu


def register() -> None:
    entries = (
        (
            "articles",
            _("Content"),
            "content article read member 会员内容 文章 专享",
            "perks#content",
            "services",
        ),
        (
            "featured",
            _("Recognition"),
            "recognition featured member shout-out 表彰 会员故事 榜样",
            "perks#recognition",
            "articles",
        ),
        (
            "levers",
            _("Five levers"),
            "survey marketing branding service employees innovation 五力 问卷 调研",
            "perks#the-five-levers",
            "featured",
        ),
    )
    for name, label, keywords, part, after in entries:
        menu.register(
            Entry(
                name,
                label,
                Chapter.LOYALTY,
                name,
                "programme.view",
                keywords=keywords,
                help=part,
                after=after,
            )
        )
