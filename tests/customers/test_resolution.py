"""Resolution: the rules of docs/guide/identity.md, one case each."""

from __future__ import annotations

import pytest

from tests.customers.world import (
    are_one,
    brand,
    check,
    codes,
    resolved,
    seen,
)

pytestmark = pytest.mark.django_db

Record = tuple[str | int | None, ...]  # identities, name, day, birthday
Case = tuple[list[Record], list[list[str]], list[str]]

# records → groups that are one person (each group apart from the others) and reviews that open
CASES: dict[str, Case] = {
    "accounts in one record are one person": (
        [("member:1 unionid:u openid:wx1:o",)],
        [["member:1", "unionid:u", "openid:wx1:o"]],
        [],
    ),
    "an account and its phone with a name": (
        [("tmall:a phone:1", "李雷")],
        [["tmall:a", "phone:1/李雷"]],
        [],
    ),
    "two shops, one phone, one name": (
        [("tmall:a phone:1", "李雷"), ("jd:b phone:1", "李雷 先生")],
        [["tmall:a", "jd:b", "phone:1/李雷"]],
        [],
    ),
    "two shops, one phone, no names": (
        [("tmall:a phone:1",), ("jd:b phone:1",)],
        [["tmall:a", "jd:b", "phone:1"]],
        [],
    ),
    "one shop, one phone, no names: two accounts": (
        [("tmall:a phone:1",), ("tmall:a phone:1",), ("tmall:b phone:1",)],
        [["tmall:a", "phone:1"], ["tmall:b"]],
        ["shared_phone"],
    ),
    "two accounts of a shop under one name and phone are one person's": (
        [("tmall:a phone:1", "李雷"), ("tmall:b phone:1", "李雷")],
        [["tmall:a", "tmall:b", "phone:1/李雷"]],
        [],
    ),
    "a moved phone under the same name": (
        [("tmall:a phone:1", "李雷"), ("tmall:a phone:2", "李雷", 300), ("jd:b phone:2", "李雷", 310)],
        [["tmall:a", "jd:b", "phone:1/李雷", "phone:2/李雷"]],
        [],
    ),
    "a parcel to a friend": (
        [
            ("tmall:a phone:1", "李雷"),
            ("tmall:a phone:1", "李雷", 1),
            ("tmall:a phone:2", "韩梅梅", 2),
            ("jd:b phone:2", "韩梅梅", 3),
        ],
        [["tmall:a", "phone:1/李雷"], ["jd:b", "phone:2/韩梅梅"]],
        [],
    ),
    "two phones without names": (
        [("member:1 phone:1",), ("member:1 phone:1", None, 1), ("member:1 phone:2", None, 2)],
        [["member:1", "phone:1"], ["phone:2"]],
        ["two_phones"],
    ),
    "a phone without a name joins its only person": (
        [("tmall:a phone:1", "李雷"), ("member:1 phone:1", "李**"), ("phone:1",)],
        [["tmall:a", "phone:1/李雷", "member:1", "phone:1"]],
        [],
    ),
    "a family phone: two names at the same time": (
        [("tmall:a phone:1", "李雷"), ("jd:b phone:1", "韩梅梅", 5), ("tmall:a phone:1", "李雷", 9)],
        [["tmall:a", "phone:1/李雷"], ["jd:b", "phone:1/韩梅梅"]],
        [],
    ),
    "a family phone and an account without a name": (
        [("tmall:a phone:1", "李雷"), ("jd:b phone:1", "韩梅梅", 5), ("youzan:c phone:1", None, 6)],
        [["tmall:a", "phone:1/李雷"], ["jd:b", "phone:1/韩梅梅"], ["youzan:c"]],
        ["family_phone"],
    ),
    "a recycled phone: another name after a long silence": (
        [("tmall:a phone:1", "李雷"), ("tmall:b phone:1", "王芳", 400), ("jd:c phone:1", None, 410)],
        [["tmall:a", "phone:1/李雷"], ["tmall:b", "phone:1/王芳", "jd:c"]],
        [],
    ),
    "store customers under one phone": (
        [("phone:1", "李雷"), ("phone:1", "李雷", 3), ("phone:1", "韩梅梅", 4)],
        [["phone:1/李雷"], ["phone:1/韩梅梅"]],
        [],
    ),
    "two unionids are two people": (
        [("member:1 unionid:u",), ("member:1 unionid:u", None, 1), ("member:1 unionid:v", None, 2)],
        [["member:1", "unionid:u"], ["unionid:v"]],
        ["two_ids"],
    ),
    "two birthdays are two people": (
        [("member:1", None, 0, "1990-05-01"), ("youzan:2", None, 0, "1988-03-07"), ("member:1 youzan:2",)],
        [["member:1"], ["youzan:2"]],
        ["two_birthdays"],
    ),
    "a member number lent to a friend": (
        [("youzan:a phone:1", "李雷"), ("member:1 phone:2", "韩梅梅"), ("youzan:a member:1",)],
        [["youzan:a", "phone:1/李雷"], ["member:1", "phone:2/韩梅梅"]],
        ["two_people"],
    ),
    "placeholders name nobody": (
        [("phone:1", "顾客"), ("phone:1", "test"), ("phone:2", "李女士")],
        [["phone:1"], ["phone:2"]],
        [],
    ),
    "email as phone": (
        [("member:1 email:a@b.cn", "李雷"), ("youzan:2 email:a@b.cn", "李雷")],
        [["member:1", "youzan:2", "email:a@b.cn/李雷"]],
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_rule(case: str, together: bool) -> None:
    records, groups, expected = CASES[case]
    brand_id = brand()
    sightings = []
    for what, *rest in records:
        name, day, birthday = _padded(rest)
        sightings.append(seen(str(what), name, day, **({"birthday": birthday} if birthday else {})))
    if together:
        resolved(brand_id, *sightings)
    else:
        for sighting in sightings:
            resolved(brand_id, sighting)
    check(brand_id)
    for group in groups:
        assert are_one(brand_id, *group), group
    firsts = [group[0] for group in groups]
    for i, one in enumerate(firsts):
        for other in firsts[i + 1 :]:
            assert not are_one(brand_id, one, other), (one, other)
    assert codes(brand_id) == expected


def _padded(rest: list[str | int | None]) -> tuple[str | None, int, str | None]:
    name, day, birthday = [*rest, None, None, None][:3]
    return str(name) if name else None, int(day or 0), str(birthday) if birthday else None
