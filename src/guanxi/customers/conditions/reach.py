"""`consent.reachable`: through which channels a customer can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from guanxi.customers.conditions.subjects import flags
from guanxi.customers.models import Subject
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Predicate,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.predicates import some

REACH: Final = "reach"
CHANNELS: Final = (
    Choice("sms", "短信", "SMS"),
    Choice("email", "邮件", "email"),
    Choice("wechat", "微信服务号", "WeChat account"),
    Choice("wecom", "企业微信", "WeCom"),
)
_SCHEMES: Final = {"sms": "phone", "email": "email", "wechat": "openid", "wecom": "wecom"}


def reachable(channel: str) -> Feature:
    return Feature(REACH, channel, ValueType.BOOLEAN, absent=False)


class Reach(Source):
    """From the identities that a customer holds; a scheme may have a qualifier (`openid:wx12`)."""

    name = REACH

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        held: dict[int, set[str]] = defaultdict(set)
        rows = Subject.of_brand(brand.pk).filter(customer_id__in=list(customer_ids))
        for customer, scheme in rows.values_list("customer_id", "scheme"):
            held[customer].add(scheme.partition(":")[0])
        return {
            customer: Values({feature: _SCHEMES[str(feature.key)] in schemes for feature in features})
            for customer, schemes in held.items()
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        subjects = tables["subject_map"].select("subject_id", "scheme")
        tests = []
        for feature in features:
            scheme = _SCHEMES[str(feature.key)]
            tests.append((subjects.scheme == scheme) | subjects.scheme.startswith(f"{scheme}:"))
        return flags(subjects, tests, tables)

    def topics(self, feature: Feature) -> Collection[str]:
        return {"identity"}


def _predicate(leaf: Leaf) -> Predicate:
    return some([Compare(reachable(channel), Op.EQ, True) for channel in leaf["channels"]])


def _names(leaf: Leaf, tongue: Tongue) -> str:
    labels = {one.value: tongue.label(one.label_zh, one.label_en) for one in CHANNELS}
    return tongue.either([labels.get(channel, channel) for channel in leaf["channels"]])


def register() -> None:
    SOURCES.register(Reach())
    LEAVES.register(
        LeafType(
            "consent.reachable",
            "可触达",
            "Can be reached",
            "consent",
            "The customer holds an identity through which the channel reaches people: a phone, an email, an "
            "OpenID, a WeCom contact. Whether they agreed to be written to is not recorded yet, so it does "
            "not count yet.",
            (Param("channels", ParamType.CHOICES, "渠道", "Channels", required=True, choices=CHANNELS),),
            lambda leaf, tongue: tongue.say("can be reached by %(channels)s", channels=_names(leaf, tongue)),
            _predicate,
            denial=lambda leaf, tongue: tongue.say(
                "cannot be reached by %(channels)s", channels=_names(leaf, tongue)
            ),
        )
    )
