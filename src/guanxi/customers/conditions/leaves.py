"""The leaves about customers themselves."""

from __future__ import annotations

from guanxi.customers.conditions import keys
from guanxi.customers.conditions.ages import AGE, BIRTHDAY, MONTHS
from guanxi.customers.conditions.identities import Identities
from guanxi.customers.conditions.profile import Profile
from guanxi.customers.identifiers import SCHEMES, scheme_label, scheme_of
from guanxi.customers.languages import SPOKEN, language_name
from guanxi.customers.places import cities, place_in_sentence
from guanxi.kernel.conditions.features import SOURCES
from guanxi.kernel.conditions.leaves import LEAVES, Choice, Fault, LeafType, Param, ParamType
from guanxi.kernel.conditions.phrases import span
from guanxi.kernel.conditions.predicates import Compare, Op, Predicate, between, some
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.wording import say

MUNICIPALITIES = frozenset({110_000, 120_000, 310_000, 500_000})
GENDERS = (Choice("f", "女性", "a woman"), Choice("m", "男性", "a man"))
# Through which identities a channel reaches somebody.
REACHED_BY = {
    "sms": ("phone",),
    "email": ("email",),
    "wecom": ("wecom",),
    "wechat": ("openid",),
}
CHANNELS = (
    Choice("sms", "短信", "SMS"),
    Choice("email", "邮件", "e-mail"),
    Choice("wecom", "企业微信", "WeCom"),
    Choice("wechat", "微信服务号", "WeChat"),
)


def _label(choices: tuple[Choice, ...], value: str, tongue: Tongue) -> str:
    found = next((one for one in choices if one.value == value), None)
    return tongue.label(found.label_zh, found.label_en) if found else value


# ---------------------------------------------------------------- who and where

GENDER = LeafType(
    "profile.gender",
    "性别",
    "Gender",
    "profile",
    "The gender that records told; of who is unknown it never holds.",
    (Param("is", ParamType.CHOICE, "性别", "Gender", "`f` or `m`", required=True, choices=GENDERS),),
    lambda leaf, tongue: tongue.say("is %(gender)s", gender=_label(GENDERS, leaf["is"], tongue)),
    lambda leaf: Compare(keys.text("gender"), Op.EQ, leaf["is"]),
)


def _languages(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.either([language_name(code, chinese=tongue.is_chinese) for code in leaf["among"]])


LANGUAGE = LeafType(
    "profile.language",
    "语言",
    "Language",
    "profile",
    "The language that records told, by its code (`zh-CN`, `zh-HK` for Cantonese, `en` …).",
    (
        Param(
            "among",
            ParamType.TEXTS,
            "语言",
            "Languages",
            "one or more codes",
            required=True,
            suggest=lambda brand: [Choice(code, *names) for code, names in SPOKEN.items()],
        ),
    ),
    lambda leaf, tongue: tongue.say("speaks %(languages)s", languages=_languages(leaf, tongue)),
    lambda leaf: Compare(keys.text("language"), Op.AMONG, leaf["among"]),
)


def _divisions(leaf: Leaf, tongue: Tongue) -> str:
    names = [place_in_sentence(code, chinese=tongue.is_chinese) or str(code) for code in leaf["among"]]
    return tongue.say("lives in %(places)s", places=tongue.either(names))


def _known(leaf: Leaf, *, provinces: bool) -> Fault | None:
    known = cities()
    for number, code in enumerate(leaf["among"]):
        is_known = code in known or code - 100 in MUNICIPALITIES
        if not is_known or (provinces and code % 10_000):
            expected = say("a province's division code") if provinces else say("a city's division code")
            return Fault(f"among[{number}]", expected, code)
    return None


def _in_cities(leaf: Leaf) -> Predicate:
    """A district counts as its city. A municipality is written as a province or as its only city."""
    parts: list[Predicate] = []
    for code in leaf["among"]:
        if code in MUNICIPALITIES or code - 100 in MUNICIPALITIES:
            parts.append(between(keys.adcode(), code // 10_000 * 10_000, code // 10_000 * 10_000 + 9_999))
        else:
            whole = code % 100 == 0 and code % 10_000 != 0
            parts.append(between(keys.adcode(), code, code + 99 if whole else code))
    return some(parts)


def _in_provinces(leaf: Leaf) -> Predicate:
    """A province's code and those of its cities begin alike."""
    return some([between(keys.adcode(), code, code + 9_999) for code in leaf["among"]])


_CODES = Param(
    "among",
    ParamType.INTEGERS,
    "地区",
    "Places",
    "one or more six-digit division codes, such as 330100 for Hangzhou",
    required=True,
    least=100_000,
    most=999_999,
)
CITY = LeafType(
    "profile.city",
    "城市",
    "City",
    "profile",
    "The city that the newest record told; a district counts as its city. Who is known by province alone "
    "lives in none.",
    (_CODES,),
    _divisions,
    _in_cities,
    check=lambda leaf: _known(leaf, provinces=False),
)
PROVINCE = LeafType(
    "profile.province",
    "省份",
    "Province",
    "profile",
    "The province, also of who is known by a city of it: codes that end in 0000.",
    (_CODES,),
    _divisions,
    _in_provinces,
    check=lambda leaf: _known(leaf, provinces=True),
)

# ---------------------------------------------------------------- seen, held, drawn

FIRST_SEEN = LeafType(
    "profile.first_seen",
    "首次出现",
    "First seen",
    "profile",
    "When the first record of the customer is from.",
    (Param("within", ParamType.WINDOW, "时间", "When", "the span of time it lies in", required=True),),
    lambda leaf, tongue: tongue.say("was first seen%(span)s", span=span(leaf["within"], tongue)),
    lambda leaf: Compare(keys.seen("first_ms", leaf["within"]), Op.EQ, True),
)
LAST_SEEN = LeafType(
    "profile.last_seen",
    "最近出现",
    "Last seen",
    "profile",
    "When the newest record of the customer is from.",
    (Param("within", ParamType.WINDOW, "时间", "When", "the span of time it lies in", required=True),),
    lambda leaf, tongue: tongue.say("was last seen%(span)s", span=span(leaf["within"], tongue)),
    lambda leaf: Compare(keys.seen("last_ms", leaf["within"]), Op.EQ, True),
)


def scheme_choices() -> list[Choice]:
    return [Choice(one.name, one.label_zh, one.label_en) for one in SCHEMES.values()]


def _check_scheme(leaf: Leaf) -> Fault | None:
    name = leaf["scheme"]
    if name in SCHEMES or scheme_of(name) is not None:
        return None
    return Fault("scheme", say("one of %(names)s", names=", ".join(SCHEMES)), name)


# Common nouns, which stand inside a sentence in small letters.
_PLAIN = {
    "phone": "phone",
    "email": "e-mail",
    "member": "member number",
    "shop": "the number a shop gave",
}


def _scheme_name(name: str, tongue: Tongue) -> str:
    base = SCHEMES.get(name)
    if base is None:
        return scheme_label(name, tongue.language)
    return base.label_zh if tongue.is_chinese else _PLAIN.get(name, base.label_en)


_SCHEME = Param(
    "scheme",
    ParamType.TEXT,
    "身份",
    "Kind of identity",
    "a kind of identity, such as `unionid`; of a qualified one with or without its qualifier (`openid`, "
    "`openid:wx12`)",
    required=True,
    suggest=lambda brand: scheme_choices(),
)
IDENTITY = LeafType(
    "identity.has",
    "持有身份",
    "Has an identity",
    "identity",
    "An identity of this kind belongs to the customer.",
    (_SCHEME,),
    lambda leaf, tongue: tongue.say("is known by %(scheme)s", scheme=_scheme_name(leaf["scheme"], tongue)),
    lambda leaf: Compare(keys.scheme(leaf["scheme"]), Op.EQ, True),
    lambda leaf, tongue: tongue.say(
        "is not known by %(scheme)s", scheme=_scheme_name(leaf["scheme"], tongue)
    ),
    _check_scheme,
)


def _reachable(leaf: Leaf) -> Predicate:
    schemes = REACHED_BY.get(leaf["channel"], ())
    return some([Compare(keys.scheme(name), Op.EQ, True) for name in schemes])


REACHABLE = LeafType(
    "consent.reachable",
    "可触达",
    "Reachable",
    "identity",
    "Whether a message can reach the customer through the channel, by the identities held alone (`sms`: "
    "phone, `email`: email, `wecom`: wecom, `wechat`: openid): it is no consent, which `consent.is` asks.",
    (Param("channel", ParamType.CHOICE, "渠道", "Channel", "where", required=True, choices=CHANNELS),),
    lambda leaf, tongue: tongue.say(
        "can be reached by %(channel)s", channel=_label(CHANNELS, leaf["channel"], tongue)
    ),
    _reachable,
    lambda leaf, tongue: tongue.say(
        "cannot be reached by %(channel)s", channel=_label(CHANNELS, leaf["channel"], tongue)
    ),
)
MONTH = LeafType(
    "calendar.month",
    "当前月份",
    "Month",
    "calendar",
    "The month it is now in the brand's zone, the same for everybody: to be put beside a place or a climate.",
    (
        Param(
            "among",
            ParamType.INTEGERS,
            "月份",
            "Months",
            "one or more months, 1 to 12",
            required=True,
            least=1,
            most=12,
        ),
    ),
    lambda leaf, tongue: tongue.say(
        "counts only in %(months)s",
        months=tongue.either([tongue.label(f"{month} 月", MONTHS[month - 1]) for month in leaf["among"]]),
    ),
    lambda leaf: Compare(keys.month(), Op.AMONG, leaf["among"]),
)


def _say_share(leaf: Leaf, tongue: Tongue) -> str:
    percent = f"{leaf['percent'] / 1000:g}"
    if leaf["draw"]:
        return tongue.say(
            "is in the random %(percent)s%% drawn as %(draw)s",
            percent=percent,
            draw=tongue.quoted(leaf["draw"]),
        )
    return tongue.say("is in a random %(percent)s%% of customers", percent=percent)


SHARE = LeafType(
    "sample.share",
    "随机比例",
    "Random share",
    "sample",
    "A share of customers by their number: the same people each time, other people for another `draw`, and "
    "10 % are among 20 %.",
    (
        Param(
            "percent",
            ParamType.NUMBER,
            "百分比",
            "Percent",
            "0 to 100, in steps of 0.01",
            required=True,
            most=100,
        ),
        Param(
            "draw",
            ParamType.TEXT,
            "抽样名称",
            "Name of the draw",
            "a name; shares of different draws are unrelated",
        ),
    ),
    _say_share,
    lambda leaf: Compare(keys.share(leaf["draw"] or ""), Op.LT, leaf["percent"] // 10),
)

ALL = (
    GENDER,
    LANGUAGE,
    CITY,
    PROVINCE,
    AGE,
    BIRTHDAY,
    FIRST_SEEN,
    LAST_SEEN,
    IDENTITY,
    REACHABLE,
    MONTH,
    SHARE,
)


def register() -> None:
    SOURCES.register(Profile())
    SOURCES.register(Identities())
    for leaf in ALL:
        LEAVES.register(leaf)
