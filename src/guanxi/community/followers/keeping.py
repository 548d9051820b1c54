"""Followers as they are kept: each account once, as the newest list tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Max, QuerySet

from guanxi.community.models import Follower, FollowerIdentity
from guanxi.customers.identifiers import is_personal
from guanxi.customers.lookup import keys_of
from guanxi.kernel.wording import say
from guanxi.platform import vault
from guanxi.platform.retention.contracts import KEEPABLES, Keepable
from guanxi.platform.retention.running import counted, deleted
from guanxi.platform.writing import writing
from guanxi.touchpoints.importing.formats.followers import NAME, FollowerRow
from guanxi.touchpoints.importing.sinks import OwnRow, Sink, Taken, sinks

PLAIN: Final = (
    "default_name",
    "followed_ms",
    "followed_minute",
    "registered_ms",
    "last_active_ms",
    "followers",
    "following",
    "posts",
    "likes",
    "interactions_30",
    "interactions_90",
    "has_avatar",
    "verified",
)
TOLD: Final = (*PLAIN, "avatar_key", "bio_key", "region")
BATCH: Final = 500  # rows of one statement: SQLite takes no more than some thousand parameters

Key = tuple[str, str]  # platform, account_key


class Told(NamedTuple):
    """What a list says of an account: the follower, whether the list is dated, and what may be known of it
    elsewhere, as (scheme, key)."""

    row: Follower
    dated: bool
    identities: set[tuple[str, str]]


def take(brand_id: int, rows: Sequence[OwnRow], import_id: int) -> Taken:
    """Keep followers of an import, inside its transaction. What a newer list tells takes the place of what is
    known, and what it does not tell stays. A list older than what is known changes nothing, nor does one that
    says the same."""
    stated = _stated(brand_id, rows)
    held = _held(brand_id, stated)
    changed = _changed(stated, held)
    _write(brand_id, changed, import_id)
    touched = {(row.platform, row.account_key) for row in changed} | _tie(brand_id, stated, held)
    return Taken(len(touched), len(rows) - len(touched))


def fresh(brand_id: int, rows: Sequence[OwnRow]) -> int:
    """How many of the followers would be new or say something new."""
    stated = _stated(brand_id, rows)
    return len(_changed(stated, _held(brand_id, stated)))


def shown(row: OwnRow) -> Mapping[str, Any]:
    """A follower as previews show it: of an account its end alone."""
    told = FollowerRow._make(row)
    counts = {name: getattr(told, name) for name in ("followers", "following", "posts")}
    said = ", ".join(f"{name} {value}" for name, value in counts.items() if value is not None)
    return {
        "kind": NAME,
        "source_ref": f"{told.platform} …{told.account[-3:]}",
        "occurred_ms": told.followed_ms or told.as_of_ms,
        "channel": told.platform,
        "amount_fen": None,
        "quantity": None,
        "identities": [f"{name}:…" for name in ("phone", "unionid", "openid") if getattr(told, name)],
        "person": {},
        "payload": {"items": [{"title": said}]} if said else {},
    }


def forget(brand_id: int, subject_ids: Collection[int]) -> int:
    """Forget what lists say that leads to these subjects; how many followers lost their tie. They stay as
    accounts without a person. Called when people are erased."""
    lost: set[int] = set()
    with writing(brand_id):
        for scheme, key in keys_of(brand_id, subject_ids):
            found = FollowerIdentity.objects.filter(brand_id=brand_id, scheme=scheme, key=key)
            lost.update(found.values_list("follower_id", flat=True))
            found.delete()
    return len(lost)


def _silent(brand_id: int, before_ms: int) -> QuerySet[Follower]:
    """Accounts that no list has told of since before a moment."""
    return Follower.objects.filter(brand_id=brand_id, as_of_ms__lt=before_ms)


def periods() -> None:
    """Accounts are let go of where no newer list tells of them."""
    KEEPABLES.register(
        Keepable(
            key="followers",
            label=say("Followers on platforms"),
            goes=say("Accounts that no list has told of for so long, with what they may be known by."),
            count=lambda brand_id, before_ms: counted(_silent(brand_id, before_ms), "as_of_ms"),
            let_go=lambda brand_id, before_ms, limit: deleted(
                brand_id, "followers", _silent(brand_id, before_ms), limit
            ),
            sources=("followers",),
        )
    )


def _stated(brand_id: int, rows: Iterable[OwnRow]) -> dict[Key, Told]:
    """Each account of the rows, told by all of its rows: the newer over the older, the later over the
    earlier."""
    stated: dict[Key, Told] = {}
    for read in sorted(map(FollowerRow._make, rows), key=lambda row: row.as_of_ms):
        told = Told(_row(brand_id, read), bool(read.stated), _identities(brand_id, read))
        key = (told.row.platform, told.row.account_key)
        if key not in stated:
            stated[key] = told
            continue
        _learn(stated[key].row, told)
        stated[key].identities.update(told.identities)
    return stated


def _row(brand_id: int, read: FollowerRow) -> Follower:
    row = Follower(
        brand_id=brand_id,
        platform=read.platform,
        account_key=vault.blind_index(brand_id, f"follower.{read.by}", f"{read.platform}\x1f{read.account}"),
        avatar_key=_digest(brand_id, "avatar", read.avatar),
        bio_key=_digest(brand_id, "bio", read.bio),
        region=read.region,
        as_of_ms=read.as_of_ms,
    )
    for name in PLAIN:
        setattr(row, name, getattr(read, name))
    return row


def _digest(brand_id: int, kind: str, text: str | None) -> int | None:
    """None of what is unknown, 0 of nothing."""
    return vault.text_key(brand_id, f"{kind}\x1f{text}") if text else None if text is None else 0


def _identities(brand_id: int, read: FollowerRow) -> set[tuple[str, str]]:
    found = {("unionid", read.unionid)} if read.unionid else set()
    if read.openid:
        scheme, _, value = read.openid.partition("\x1f")
        found.add((scheme, value))
    if read.phone:
        found.add(("phone", read.phone))
    return {
        (scheme, vault.blind_index(brand_id, scheme, value) if is_personal(scheme) else value)
        for scheme, value in found
    }


def _held(brand_id: int, stated: Mapping[Key, Told]) -> dict[Key, Follower]:
    found: dict[Key, Follower] = {}
    keys: dict[str, list[str]] = {}
    for platform, key in stated:
        keys.setdefault(platform, []).append(key)
    for platform, wanted in keys.items():
        of_platform = Follower.objects.filter(brand_id=brand_id, platform=platform)
        for start in range(0, len(wanted), BATCH):
            for row in of_platform.filter(account_key__in=wanted[start : start + BATCH]):
                found[platform, row.account_key] = row
    return found


def _changed(stated: Mapping[Key, Told], held: dict[Key, Follower]) -> list[Follower]:
    """The rows to write: new ones, and held ones that learn something. `held` gets the new ones as well."""
    changed = []
    for key, told in stated.items():
        if key not in held:
            held[key] = told.row
            changed.append(told.row)
        elif told.row.as_of_ms >= held[key].as_of_ms and _learn(held[key], told):
            changed.append(held[key])
    return changed


def _learn(known: Follower, told: Told) -> bool:
    """Whether `known` learnt anything from a list that is not older. That the same list comes again later is
    no news, unless it is dated."""
    news = {name: value for name in TOLD if (value := getattr(told.row, name)) not in {None, ""}}
    changed = {name: value for name, value in news.items() if value != getattr(known, name)}
    for name, value in changed.items():
        setattr(known, name, value)
    is_newer = told.row.as_of_ms > known.as_of_ms and bool(changed or told.dated)
    if is_newer:
        known.as_of_ms = told.row.as_of_ms
    return bool(changed) or is_newer


def _write(brand_id: int, rows: Sequence[Follower], import_id: int) -> None:
    if not rows:
        return
    top = Follower.objects.filter(brand_id=brand_id).aggregate(top=Max("revision"))["top"] or 0
    for row in rows:
        row.pk = None  # it is found again by its account, and gets its number back
        row.revision, row.import_id = top + 1, import_id
    Follower.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["brand", "platform", "account_key"],
        update_fields=[*TOLD, "as_of_ms", "import_id", "revision"],
    )


def _tie(brand_id: int, stated: Mapping[Key, Told], held: Mapping[Key, Follower]) -> set[Key]:
    """Note what is new of what may be known of followers elsewhere; of whom."""
    owners = {held[key].pk: key for key, told in stated.items() if told.identities}
    ids = list(owners)
    known: set[tuple[int, str, str]] = set()
    for start in range(0, len(ids), BATCH):
        found = FollowerIdentity.objects.filter(follower_id__in=ids[start : start + BATCH])
        known.update(found.values_list("follower_id", "scheme", "key"))
    new = [
        FollowerIdentity(brand_id=brand_id, follower_id=pk, scheme=scheme, key=value)
        for pk, key in owners.items()
        for scheme, value in sorted(stated[key].identities)
        if (pk, scheme, value) not in known
    ]
    FollowerIdentity.objects.bulk_create(new, batch_size=BATCH)
    return {owners[one.follower_id] for one in new}


def register() -> None:
    """Called once, at start-up."""
    sinks.register(Sink(NAME, take, fresh, shown))
