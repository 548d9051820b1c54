"""Lists of followers by the API: each account once, bad rows answered, nothing personal kept in clear."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.community.followers import batches
from guanxi.community.models import Follower, FollowerIdentity
from guanxi.platform.models import AuditEntry
from guanxi.rest import follower_examples as examples
from tests.rest.conftest import Caller, body

pytestmark = pytest.mark.django_db
GOOD = {"account": "1001", "followed": "2026-03-01 10:00:00", "followers": 10, "following": "1.2万"}


def sent(caller: Caller, *rows: Any, **more: Any) -> Any:
    return body(caller.post("followers", {"platform": "微博", "followers": list(rows), **more}))


def test_a_list_is_kept_once_and_a_newer_one_replaces_what_it_tells(caller: Caller) -> None:
    first = sent(caller, {**GOOD, "bio": "", "phone": "13800138000", "avatar": False}, as_of="2026-11-01")
    assert first == {"rows": 1, "recorded": 1, "duplicates": 0, "rejected": []}
    row = Follower.objects.get()
    assert (row.platform, row.followers, row.following) == ("weibo", 10, 12_000)
    assert (row.bio_key, row.has_avatar, row.posts, row.verified) == (0, 0, None, None)
    assert "13800138000" not in str([*Follower.objects.values(), *FollowerIdentity.objects.values()])
    again = sent(caller, {**GOOD, "bio": "", "phone": "13800138000", "avatar": False}, as_of="2026-11-01")
    assert (again["recorded"], again["duplicates"]) == (0, 1)
    assert sent(caller, {**GOOD, "followers": 9}, as_of="2026-10-01")["duplicates"] == 1
    assert sent(caller, {"account": 1001, "followers": 11, "as_of": 1_795_000_000_000})["recorded"] == 1
    row.refresh_from_db()
    assert (row.followers, row.following, row.bio_key) == (11, 12_000, 0)
    entries = AuditEntry.objects.filter(action="followers.recorded")
    assert [entry.detail["recorded"] for entry in entries] == [1, 1]


def test_a_bio_that_is_not_told_is_unknown(caller: Caller) -> None:
    told = sent(caller, {"account": "a", "bio": "hello"}, {"account": "b"}, {}, {"account": "c", "bio": ""})
    assert [one["index"] for one in told["rejected"]] == [2]
    keys = list(Follower.objects.order_by("pk").values_list("bio_key", flat=True))
    assert (bool(keys[0]), keys[1:]) == (True, [None, 0])


def test_bad_rows_are_answered_with_reasons_and_the_good_ones_stay(caller: Caller) -> None:
    bad: list[tuple[Any, str, str]] = [
        ("text", "item_bad", ""),
        ({"account": "x", "colour": "red"}, "field_unknown", "colour"),
        ({"account": "x", "followers": 1.5}, "field_bad", "followers"),
        ({"account": True}, "field_bad", "account"),
        ({"account": "a\0b"}, "field_bad", "account"),
        ({"account": ["x"]}, "field_bad", "account"),
        ({"followers": 10}, "no_account", "account"),
        ({"account": "6.91E+18"}, "bad_id", "account"),
        ({"account": "x", "followers": -1}, "bad_followers", "followers"),
        ({"account": "x", "posts": "many"}, "bad_posts", "posts"),
        ({"account": "x", "followed": "yesterday"}, "bad_date", ""),
        ({"account": "x", "last_active": "2027-11-21"}, "future_day", ""),
    ]
    answer = sent(caller, GOOD, *(row for row, _code, _field in bad), {**GOOD, "account": "1002"})
    found = [(one["index"], one["code"], one.get("field", "")) for one in answer["rejected"]]
    assert found == [(at + 1, code, field) for at, (_row, code, field) in enumerate(bad)]
    assert all(one["message"] for one in answer["rejected"])
    assert (answer["recorded"], Follower.objects.count()) == (2, 2)
    alone = body(caller.post("followers", {"followers": [{"account": "x"}]}))
    assert alone["rejected"][0]["code"] == "no_platform"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"as_of": "soon"}, "as_of"),
        ({"as_of": "2027-11-21"}, "as_of"),
        ({"as_of": [1]}, "as_of"),
        ({"platform": 5}, "platform"),
        ({"platform": "x" * 41}, "platform"),
        ({"platform": "wei\0bo"}, "platform"),
        ({"shop": "a\x1fb"}, "shop"),
        ({"followers": {}}, "followers"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_list_that_is_wrong_as_a_whole_is_refused(caller: Caller, change: Any, field: str) -> None:
    response = caller.post("followers", {**examples.FOLLOWERS, **change})
    assert (response.status_code, body(response)["field"]) == (422, field)
    assert not Follower.objects.exists()


def test_a_list_has_a_limit(caller: Caller) -> None:
    response = caller.post("followers", {"platform": "weibo", "followers": [{}] * (batches.MOST + 1)})
    assert (response.status_code, body(response)["code"]) == (413, "too_many_items")
    assert sent(caller)["rows"] == 0
