"""What identifies a person, and how to write it so that equal means equal. Pure, and fast: importers call
these functions for every cell of files of ten million rows.

Absent (`""`, `-`, `null`), masked (`186****05`) and encrypted (`##…`) values are never keys: the functions
answer None for them, and for anything else that cannot identify one person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import phonenumbers
from phonenumbers import PhoneNumberType

LONGEST_KEY = 120

# ---------------------------------------------------------------- schemes


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of identity.

    `personal` values (phone, email) are stored as keyed blind indexes and may be shared by several people;
    of a `single` scheme one person has one value, so two of them are two people until somebody says
    otherwise. A `qualified` scheme is written `name:qualifier`, such as `openid:wx12ab` or `shop:westlake`.
    """

    name: str
    label_zh: str
    label_en: str
    personal: bool = False
    single: bool = False
    qualified: bool = False


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("phone", "手机号", "Phone", personal=True),
        Scheme("email", "邮箱", "Email", personal=True),
        Scheme("unionid", "微信 UnionID", "WeChat UnionID", single=True),
        Scheme("openid", "微信 OpenID", "WeChat OpenID", single=True, qualified=True),
        Scheme("wecom", "企业微信联系人", "WeCom contact", single=True),
        Scheme("tmall", "天猫账号", "Tmall account"),
        Scheme("jd", "京东账号", "JD account"),
        Scheme("douyin", "抖音账号", "Douyin account"),
        Scheme("youzan", "有赞客户", "Youzan customer"),
        Scheme("xiaohongshu", "小红书账号", "Xiaohongshu account"),
        Scheme("member", "会员号", "Member number"),
        Scheme("shop", "店铺客户号", "Shop customer", qualified=True),
    )
}

_QUALIFIER = re.compile(r"[\w.\-]{1,50}")


@lru_cache(maxsize=4096)
def scheme_of(name: str) -> Scheme | None:
    """The scheme that `name` belongs to (`openid:wx12` → openid), or None where there is no such scheme."""
    base, colon, qualifier = name.partition(":")
    scheme = SCHEMES.get(base)
    if scheme is None or scheme.qualified != bool(colon):
        return None
    return scheme if not colon or _QUALIFIER.fullmatch(qualifier) else None


def scheme_label(name: str, language: str = "zh") -> str:
    """What people call the scheme, with its qualifier where it has one: `店铺客户号 · westlake`."""
    scheme = scheme_of(name) or SCHEMES.get(name)
    if scheme is None:
        return name
    label = scheme.label_zh if language.startswith("zh") else scheme.label_en
    qualifier = name.partition(":")[2]
    return f"{label} · {qualifier}" if qualifier else label


def is_personal(name: str) -> bool:
    """Whether values of the scheme are personal data that leave the vault only masked."""
    return name in {"phone", "email"}


# ---------------------------------------------------------------- cells

_ABSENT = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "/",
        "null",
        "none",
        "nil",
        "nan",
        "n/a",
        "na",
        "#n/a",
        "undefined",
        "无",
        "未填写",
        "未知",
        "空",
    }
)
_MASK = re.compile(r"[*＊●×]|•{2,}")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_ENCRYPTED = re.compile(r"(?:##|\$\$).*|([#$~]).{16,}\1")
_EXCEL_TEXT = re.compile(r'=\s*"(.*)"')


def clean(raw: str | None) -> str | None:
    """A cell's text without the wrappers that exports put around it (`="…"`, leading tab or apostrophe,
    full-width forms), or None where the cell says that there is nothing."""
    if raw is None:
        return None
    text = raw if raw.isascii() else normalize("NFKC", raw).translate(_INVISIBLE)
    text = text.strip()
    if text[:1] in "='\"":
        if wrapped := _EXCEL_TEXT.fullmatch(text):
            text = wrapped[1].strip()
        text = text.strip("'\"` \t")
    return None if text.lower() in _ABSENT else text


def is_masked(raw: str | None) -> bool:
    """Whether part of the value is hidden (`186****05`, `李**`) or all of it encrypted (`##…`, `$$…`)."""
    if not raw:
        return False
    text = raw.strip()
    return bool(_MASK.search(text) or _ENCRYPTED.fullmatch(text))


# ---------------------------------------------------------------- phones

_SEPARATORS = re.compile(r"[\s\-‐-―.()（）_]+")
_MAINLAND_MOBILE = re.compile(r"(?:\+?(?:00)?86)?0?(1[3-9]\d{9})")
_FLOAT = re.compile(r"(\d+)\.0+")
_ALTERNATIVES = re.compile(r"[/,;、，；|]")
_NEIGHBOURS = ("852", "853", "886")
_PERSONAL_TYPES = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.VOIP,
    }
)


def phone(raw: str | None) -> str | None:
    """A phone number as E.164 (`+8613800138000`), read as a person in mainland China writes it; None where
    it is absent, masked, a service number, or a virtual number with an extension.

    A cell with several numbers (`13800138000/13900139000`) answers the first valid one.
    """
    if raw is None:
        return None
    if len(raw) == 11 and raw[0] == "1" and raw[1] in "3456789" and raw.isascii() and raw.isdecimal():
        return "+86" + raw
    return _phone_slowly(raw)


@lru_cache(maxsize=65536)
def _phone_slowly(raw: str) -> str | None:
    text = clean(raw)
    if text is None or is_masked(text):
        return None
    for part in _ALTERNATIVES.split(text):
        if number := _one_phone(part):
            return number
    return None


def _one_phone(text: str) -> str | None:
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    digits = _SEPARATORS.sub("", text)
    if mobile := _MAINLAND_MOBILE.fullmatch(digits):
        return "+86" + mobile[1]
    if not digits.lstrip("+").isdecimal() or not 7 <= len(digits) <= 18:
        return None
    return _parsed(digits) or (_parsed("+" + digits) if digits.startswith(_NEIGHBOURS) else None)


def _parsed(digits: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    if phonenumbers.number_type(number) not in _PERSONAL_TYPES:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


# ---------------------------------------------------------------- email and ids

_EMAIL = re.compile(r"[^@\s,;<>\"]+@(?:[\w\-]+\.)+[\w\-]{2,}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # no database keeps these in text
_PLACEHOLDER_IDS = frozenset({"anonymous", "guest", "匿名", "匿名用户", "游客", "散客", "未登录", "-1"})


def email(raw: str | None) -> str | None:
    """An address in lower case, or None where it is not one."""
    text = clean(raw)
    if text is None or is_masked(text):
        return None
    text = text.lower().removeprefix("mailto:")
    return text if len(text) <= 254 and _EMAIL.fullmatch(text) else None


def account(raw: str | None) -> str | None:
    """An account, member or customer number: text as it is (case matters), without wrappers."""
    if raw and raw.isalnum() and raw.isascii():  # nearly every one: nothing around it, nothing hidden
        text = "" if raw.lower() in _ABSENT else raw
    else:
        text = clean(raw) or ""
        if is_masked(text) or _UNSTORABLE.search(text):
            return None
    if len(text) > LONGEST_KEY:
        return None
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    return None if text.lower() in _PLACEHOLDER_IDS or not text.strip("0") else text


def normalise(scheme: str, raw: str | None) -> str | None:
    """The value that identifies within `scheme`, or None. Raises ValueError for an unknown scheme."""
    if scheme == "phone":
        return phone(raw)
    if scheme == "email":
        return email(raw)
    if scheme_of(scheme) is None:
        raise ValueError(f"unknown identity scheme '{scheme}'; known: {', '.join(SCHEMES)}")
    return account(raw)


# ---------------------------------------------------------------- names

_TITLES = re.compile(
    r"(先生|女士|小姐|太太|同学|老师|师傅|阿姨|经理|老板|总|\(?收\)?|mr\.?|mrs\.?|ms\.?|miss)$"
)
_LEADING_TITLES = re.compile(r"^(mr|mrs|ms|miss)\.?\s+")
_BRACKETED = re.compile(r"[\[(【〔{<《][^\])】〕}>》]*[\])】〕}>》]")
_DOTS = re.compile(r"[·•・‧∙●]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")
_PLACEHOLDER_NAMES = frozenset(
    """
    顾客 客户 客人 会员 新会员 用户 新用户 匿名 匿名用户 匿名买家 散客 游客 路人 买家 收货人 收件人 联系人
    本人 先生 女士 小姐 帅哥 美女 亲 测试 测试用户 测试员 微信用户 淘宝用户 抖音用户 京东用户 小红书用户
    快手用户 姓名 名字 无名 无名氏 未命名 匿名会员 代收 门卫 前台 快递柜 丰巢 菜鸟驿站 驿站
    test tester testing guest anonymous customer user member name unknown admin demo wechatuser null none
    """.split()  # noqa: SIM905 - forty quoted words are harder to read than one text
)
_NICKNAME = re.compile(r"[小阿老][\u3400-\u9fff]|([\u3400-\u9fff])\1")  # 小婷, 阿强, 老王, 婷婷
_NUMBERED = re.compile(r"(顾客|客户|会员|用户|微信用户|test|user|guest|customer|member)?[\W_\d]*")


@lru_cache(maxsize=262144)
def name_key_text(raw: str | None) -> str | None:
    """The comparable form of a full personal name, or None where it names nobody in particular: masked
    (李**), a placeholder (顾客, test1), a nickname (小婷), a surname with a title (李女士)."""
    text = clean(raw)
    if text is None or is_masked(text):
        return None
    text = _BRACKETED.sub("", text).casefold().strip()
    text = _LEADING_TITLES.sub("", text)
    text = _TITLES.sub("", text).strip()
    text = _DOTS.sub("·", text)
    text = re.sub(r"\s+", "" if _HAN.search(text) else " ", text)
    if len(text) < 2 or text in _PLACEHOLDER_NAMES or _NUMBERED.fullmatch(text) or _NICKNAME.fullmatch(text):
        return None
    return text[:80]


def is_placeholder_name(raw: str | None) -> bool:
    """Whether the name names nobody in particular (顾客, 李女士, test, 李**, empty)."""
    return name_key_text(raw) is None


@lru_cache(maxsize=65536)
def display_name(raw: str | None) -> str | None:
    """The name as it may be shown: whole, with its title (李女士); None where it is masked or absent."""
    text = clean(raw)
    if text is None or is_masked(text) or text.casefold() in _PLACEHOLDER_NAMES or _NUMBERED.fullmatch(text):
        return None
    return text[:80]
