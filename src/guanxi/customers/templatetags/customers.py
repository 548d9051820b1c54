"""Names of identity schemes and traits for templates: `{% load customers %}`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from guanxi.customers.identifiers import scheme_label
from guanxi.customers.places import place_name
from guanxi.ui.figures import in_chinese

register = template.Library()


@register.filter
def place(code: int | None) -> str:
    """浙江省杭州市, Hangzhou, Zhejiang, of 330100."""
    return place_name(code, chinese=in_chinese())


@register.filter
def scheme_name(scheme: str) -> str:
    """天猫账号, Tmall account."""
    return scheme_label(scheme, get_language() or "zh")


@register.filter
def named(labels: Mapping[str, object], name: str) -> object:
    """The label of a name; the name itself where it has none."""
    return labels.get(name, name)
