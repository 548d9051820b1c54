"""The audit log as it is read: words for all that is written, filters, pages, indexes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

import guanxi
from guanxi.platform import audit, audit_log, audit_words, people
from guanxi.platform.audit_log import Filter
from guanxi.platform.contracts import Role
from guanxi.platform.explained import EXPLAINED, ROLES
from guanxi.platform.models import AuditEntry, Brand
from guanxi.platform.roles import ROLE_PERMISSIONS, Permission

SOURCE = Path(guanxi.__file__).parent
GUIDE = SOURCE.parents[1] / "docs" / "guide" / "people.md"
# Calls of audit.record whose action is a variable, with what it can be.
VARIABLE = {
    "messaging/receiving.py": {"message.cancelled", "message.confirmed"},
    "customers/decisions.py": {"customer.merged", "customer.unmerged"},
    "customers/rights/freezing.py": {"customer.frozen", "customer.unfrozen"},
    "customers/rights/requests.py": {
        f"rights.{what}" for what in ("received", "verified", "done", "refused")
    },
    "platform/webhooks/services.py": {
        f"webhook.{what}"
        for what in ("created", "changed", "removed", "resumed", "rotated", "tested", "replayed")
    },
    "customers/tags.py": {"tag.added", "tag.removed"},
    "customers/consent/links.py": {"consent.link_made", "inbox.link_made", "member.link_made"},
    "loyalty/rules/services.py": {
        f"rule.{what}" for what in ("created", "saved", "active", "paused", "archived")
    },
    "loyalty/draws/services.py": {
        f"draw.{what}" for what in ("created", "saved", "published", "amended", "deleted", "closed")
    },
    "loyalty/booking/services.py": {f"booking.{what}" for what in ("cancelled", "attended", "missed")},
    "loyalty/booking/defining.py": {"service.created", "service.saved"},
    "loyalty/rewards/catalogue.py": {
        f"reward.{what}" for what in ("created", "saved", "draft", "active", "archived")
    },
    "loyalty/perks/recognition.py": {f"featured.{what}" for what in ("shown", "refused", "withdrawn")},
    "loyalty/coupons/campaigns.py": {
        f"coupon.{what}" for what in ("created", "saved", "active", "paused", "ended", "deleted", "stocked")
    },
    "segments/services.py": {
        f"segment.{what}"
        for what in (
            *("created", "saved", "archived", "restored", "deleted", "tag", "reference"),
            *("live", "scheduled", "frozen"),
        )
    },
}


def calls() -> list[tuple[str, ast.Call]]:
    """Every `audit.record(…)` of the source, with its file."""
    return [
        (path.relative_to(SOURCE).as_posix(), node)
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "record"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
    ]


def texts(node: ast.expr) -> list[str] | None:
    """What an argument can be, or None where it is computed."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*(texts(node.body) or []), *(texts(node.orelse) or [])]
    return None


def written() -> set[str]:
    found: set[str] = set()
    for name, call in calls():
        actions = texts(call.args[2])
        if actions is None:
            assert name in VARIABLE, f"say in VARIABLE which actions {name}:{call.lineno} writes"
            actions = sorted(VARIABLE[name])
        found |= set(actions)
    return found


def test_every_action_that_is_written_has_a_label() -> None:
    """Add it to `audit_words.py` of the room that writes it."""
    assert written() - audit_words._actions.keys() == set()


def test_every_kind_of_object_and_every_field_written_has_a_word() -> None:
    kinds = {text for _name, call in calls() for node in call.args[3:4] for text in texts(node) or []}
    assert kinds - audit_words._kinds.keys() == set()
    fields = {
        str(key.value)
        for _name, call in calls()
        for keyword in call.keywords
        if keyword.arg == "detail" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant)
    }
    assert fields - audit_words._fields.keys() == set()


def test_every_permission_and_role_is_explained_and_the_guide_says_the_same() -> None:
    assert list(EXPLAINED) == list(Permission)
    assert list(ROLES) == list(Role)
    guide = GUIDE.read_text(encoding="utf-8")
    for permission, sentence in EXPLAINED.items():
        marks = "".join(" ✓ |" if permission in ROLE_PERMISSIONS[role] else " |" for role in Role)
        row = f"| `{permission}` | {sentence} |{marks}"
        assert row in guide, row


def test_words_are_in_the_readers_language() -> None:
    assert audit_words.action_label("membership.set") == "Role given"
    assert audit_words.action_label("thing.unheard") == "thing.unheard"
    with translation.override("en"):
        assert audit_words.field_label("before") == "before"


# ---------------------------------------------------------------- reading


@pytest.fixture
def brand(db: None) -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


def fill(brand: Brand, count: int) -> None:
    """Entries of which many share a millisecond."""
    rows = [
        AuditEntry(
            brand=brand,
            actor=f"user:{n % 7}",
            action=("tag.added", "customer.unmasked", "import.done")[n % 3],
            object_kind="customer",
            object_id=str(n % 11),
            detail={"n": n},
            at_ms=1_790_000_000_000 + n // 4,
        )
        for n in range(count)
    ]
    AuditEntry.objects.bulk_create(rows)


def test_pages_show_every_entry_once_newest_first(brand: Brand) -> None:
    fill(brand, 230)
    seen: list[int] = []
    after = None
    while True:
        rows, after = audit_log.page(brand.pk, Filter(), after=after, limit=50)
        seen += [row.id for row in rows]
        if after is None:
            break
    expected = AuditEntry.objects.filter(brand=brand).order_by("-at_ms", "-id")
    assert seen == list(expected.values_list("pk", flat=True))
    assert seen == [entry.id for entry in audit_log.every(brand.pk, Filter())]


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(actor="user:3"),
        Filter(action="tag.added"),
        Filter(object_kind="customer", object_id="5"),
        Filter(actor="user:3", action="tag.added", object_kind="customer"),
        Filter(from_ms=1_790_000_000_010, until_ms=1_790_000_000_020),
        Filter(actor="' OR 1=1 --"),
    ],
)
def test_filters_are_exact(brand: Brand, wanted: Filter) -> None:
    fill(brand, 230)
    found = {entry.id for entry in audit_log.every(brand.pk, wanted)}
    expected = {
        row.pk
        for row in AuditEntry.objects.filter(brand=brand)
        if wanted.actor in {"", row.actor}
        and wanted.action in {"", row.action}
        and wanted.object_kind in {"", row.object_kind}
        and wanted.object_id in {"", row.object_id}
        and (wanted.from_ms is None or row.at_ms >= wanted.from_ms)
        and (wanted.until_ms is None or row.at_ms < wanted.until_ms)
    }
    assert found == expected


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(actor="user:3"),
        Filter(action="tag.added"),
        Filter(object_kind="customer", object_id="5"),
    ],
)
def test_each_filter_goes_by_an_index_without_sorting(brand: Brand, wanted: Filter) -> None:
    exact = {k: v for k in ("actor", "action", "object_kind", "object_id") if (v := getattr(wanted, k))}
    plan = AuditEntry.objects.filter(brand_id=brand.pk, **exact).order_by("-at_ms", "-id")[:51].explain()
    assert "USING INDEX audit_by_" in plan
    assert "TEMP B-TREE" not in plan


def test_days_are_the_brands_and_both_included(brand: Brand) -> None:
    found = audit_log.of_days(Filter(), "2026-11-21", "2026-11-22", "Asia/Shanghai")
    assert (found.from_ms, found.until_ms) == (1_795_190_400_000, 1_795_363_200_000)
    for odd in ("2026-13-01", "2026-W47-6", "x", "9999-12-31", "0001-01-01", "２０２６-11-21"):
        assert audit_log.of_days(Filter(), odd, odd, "Asia/Shanghai") == Filter()


def test_what_another_brand_did_is_not_shown(brand: Brand) -> None:
    other = people.create_brand("mudan", "牡丹", actor="cli")
    audit.record(other.pk, "cli", "tag.added", "tag", 1)
    assert {entry.action for entry in audit_log.every(brand.pk, Filter())} == {"brand.created"}
