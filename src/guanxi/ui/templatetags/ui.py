"""Parts and figures for templates: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Select
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guanxi.platform.exports import FORMATS, exportables
from guanxi.ui import figures
from guanxi.ui.saved_views import menu_of

register = template.Library()

register.filter("number", figures.number)
register.filter("compact", figures.compact)
register.filter("money", figures.money)
register.filter("compact_money", figures.compact_money)
register.filter("share", figures.share)
register.filter("size", figures.size)
register.filter("duration", figures.duration)
register.filter("day", figures.day)


@register.filter
def moment(at_ms: int | None, zone: str = "Asia/Shanghai") -> SafeString | str:
    """A time, relative near now, with the exact one on hover."""
    if not at_ms:
        return figures.UNKNOWN
    text, title = figures.moment(at_ms, zone), figures.exact(at_ms, zone)
    return format_html('<time class="nowrap" datetime="{}" title="{}">{}</time>', title, title, text)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite; decoration, so screen readers skip it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static("ui/icons.svg"),
        name,
    )


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, object]:
    """A form field with its label, help and errors tied to it for screen readers."""
    widget = bound.field.widget
    style = "form-select" if isinstance(widget, Select) else "form-control"
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-errors")
    extra = {key.replace("_", "-"): value for key, value in attributes.items()}
    checkbox, ticks = isinstance(widget, CheckboxInput), isinstance(widget, CheckboxSelectMultiple)
    extra["class"] = "form-check-input" if checkbox or ticks else style
    if ticks:
        widget.attrs["class"] = extra["class"]
    if described:
        extra["aria-describedby"] = " ".join(described)
    if bound.errors:
        extra["aria-invalid"] = "true"
    return {"field": bound, "widget": bound.as_widget(attrs=extra), "checkbox": checkbox, "ticks": ticks}


@register.inclusion_tag("ui/parts/chart.html", takes_context=True)
def chart(context: Context, chart: object) -> dict[str, object]:
    return {"chart": chart, "request": context.get("request")}


@register.inclusion_tag("ui/parts/figures.html")
def key_figures(figures: object) -> dict[str, object]:
    return {"figures": figures}


@register.inclusion_tag("ui/parts/empty.html")
def empty(state: object) -> dict[str, object]:
    return {"state": state}


@register.inclusion_tag("ui/parts/pager.html")
def pager(pager: object, target: str = "list") -> dict[str, object]:
    return {"pager": pager, "target": target}


@register.inclusion_tag("ui/parts/export.html", takes_context=True)
def export(
    context: Context, list_name: str, query: Mapping[str, str], *, bare: bool = False
) -> dict[str, object]:
    """The menu that exports a list, for those who may; `query` is what stands in the list's address. `bare`:
    its buttons alone."""
    kept = {name: query[name] for name in exportables[list_name].parameters if query.get(name)}
    return {
        "list": list_name,
        "query": kept,
        "formats": [(name, one.name) for name, one in FORMATS.items()],
        "csrf_token": context.get("csrf_token"),
        "bare": bare,
    }


@register.inclusion_tag("ui/parts/badge.html")
def badge(badge: object) -> dict[str, object]:
    return {"badge": badge}


@register.inclusion_tag("ui/parts/chips.html")
def chips(options: object, label: str) -> dict[str, object]:
    return {"options": options, "label": label}


@register.inclusion_tag("ui/parts/saved_views.html", takes_context=True)
def saved_views(context: Context) -> dict[str, object]:
    request = context.get("request")
    return {"menu": menu_of(request), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/table_head.html")
def table_head(columns: object, *, ticks: object = None) -> dict[str, object]:
    """`ticks`: the first column is of boxes to tick."""
    return {"columns": columns, "ticks": ticks}


@register.inclusion_tag("ui/parts/tick.html")
def tick(value: int, name: str, element: str = "td") -> dict[str, object]:
    """The box that ticks a row for the bulk bar; `name` is what the row is called."""
    return {"value": value, "name": name, "element": element}


@register.inclusion_tag("ui/parts/columns.html", takes_context=True)
def columns_menu(context: Context, menu: object) -> dict[str, object]:
    return {"menu": menu, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/parts/bulk_bar.html", takes_context=True)
def bulk_bar(context: Context, bar: object) -> dict[str, object]:
    return {"bar": bar, "csrf_token": context.get("csrf_token")}
