"""Articles: made and changed by the brand, found and opened by those they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import subject_ids_of
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty import audience
from guanxi.loyalty.perks.kinds import OPENED
from guanxi.loyalty.perks.models import Article, ArticleOpening, ArticlePicture
from guanxi.platform import audit, pictures
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

MOST_ARTICLES: Final = 2_000
TEXT_CHARS: Final = 20_000
SHOWN: Final = 100


class Wanted(NamedTuple):
    """An article as it is to be. `picture` is the bytes of a new one; None keeps what there is."""

    title_zh: str
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    audience: Mapping[str, Any] | None = None
    since: date | None = None
    until: date | None = None
    published: bool = False
    picture: bytes | None = None


def find(brand_id: int, article_id: int) -> Article:
    """Raises NotFound."""
    found = Article.objects.filter(brand_id=brand_id, pk=article_id).first()
    if found is None:
        raise NotFound(say("There is no article %(id)s.", id=article_id))
    return found


def create(brand: Brand, wanted: Wanted, *, actor: object) -> int:
    """Its id. Raises Invalid with `field`, ConditionInvalid, Limit."""
    columns = _checked(brand.pk, wanted)
    with writing(brand.pk):
        if Article.objects.filter(brand_id=brand.pk).count() >= MOST_ARTICLES:
            raise Limit(say("A brand has at most %(most)s articles.", most=MOST_ARTICLES), most=MOST_ARTICLES)
        columns |= _picture(brand.pk, wanted.picture)
        made = Article.objects.create(brand_id=brand.pk, **columns)
        audit.record(brand.pk, str(actor), "article.created", "article", made.pk)
    return made.pk


def save(brand: Brand, article_id: int, version: int, wanted: Wanted, *, actor: object) -> int:
    """Its new version. Raises as `create`, NotFound, Conflict where somebody saved meanwhile."""
    columns = _checked(brand.pk, wanted)
    with writing(brand.pk):
        row = find(brand.pk, article_id)
        columns |= _picture(brand.pk, wanted.picture)
        ours = Article.objects.filter(pk=row.pk, version=version)
        if not ours.update(**columns, version=version + 1, changed_ms=now_ms()):
            raise Conflict(
                say("Somebody changed this article meanwhile."), remedy=say("Look at it again, then save.")
            )
        audit.record(brand.pk, str(actor), "article.saved", "article", row.pk)
    return version + 1


def _checked(brand_id: int, wanted: Wanted) -> dict[str, Any]:
    columns = wanted._asdict()
    del columns["picture"]
    for field in ("title_zh", "title_en"):
        columns[field] = " ".join(columns[field].split())
        if len(columns[field]) > 80 or not columns[field].isprintable():
            raise Invalid(say("A title has at most %(most)s characters, on one line.", most=80), field=field)
    columns["title_zh"] = columns["title_zh"] or columns["title_en"]
    if not columns["title_zh"]:
        raise Invalid(say("An article needs a title."), field="title_zh")
    for field in ("text_zh", "text_en"):
        columns[field] = columns[field].strip().replace("\r\n", "\n")
        if len(columns[field]) > TEXT_CHARS or "\x00" in columns[field]:
            raise Invalid(say("At most %(most)s characters.", most=TEXT_CHARS), field=field)
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise Invalid(say("The last day is before the first."), field="until")
    columns["audience"] = audience.checked(brand_id, wanted.audience)
    return columns


def _picture(brand_id: int, content: bytes | None) -> dict[str, str]:
    """Keep it, in the caller's transaction, and say its name."""
    if not content:
        return {}
    if len(content) > pictures.MOST_BYTES:
        most = pictures.MOST_BYTES // 1024
        raise Limit(
            say("A picture has at most %(most)s KB.", most=most),
            remedy=say("Save it smaller."),
            field="picture",
        )
    try:
        kept = pictures.checked(content)
    except Invalid as error:
        raise Invalid(error.message, remedy=error.remedy, field="picture") from None
    name = f"{hashlib.sha256(b'%d:' % brand_id + kept.content).hexdigest()[:40]}.{kept.suffix}"
    values = {"brand_id": brand_id, "content": kept.content, "content_type": kept.content_type}
    ArticlePicture.objects.get_or_create(name=name, defaults=values)
    return {"picture": name}


def picture(name: str) -> ArticlePicture:
    """Raises NotFound."""
    found = ArticlePicture.objects.filter(name=name).first()
    if found is None:
        raise NotFound(say("There is no such picture."))
    return found


def listed(brand_id: int) -> list[tuple[Article, int]]:
    """Newest first, each with how many openings it had."""
    rows = list(Article.objects.filter(brand_id=brand_id).order_by("-pk")[:MOST_ARTICLES])
    counts = ArticleOpening.objects.filter(article__in=rows).values_list("article").annotate(n=Count("pk"))
    opened = dict(counts)
    return [(row, opened.get(row.pk, 0)) for row in rows]


def for_member(brand: Brand, customer_id: int) -> list[Article]:
    """What this customer may read today, newest first."""
    rows = list(_published(brand).order_by("-pk")[:SHOWN])
    may = audience.holding(brand, {row.pk: row.audience for row in rows}, customer_id)
    return [row for row in rows if row.pk in may]


def open_one(brand: Brand, article_id: int, customer_id: int, subject_id: int) -> Article:
    """Read it: told of once a local day. Raises NotFound also for what is not for them."""
    row: Article | None = _published(brand).filter(pk=article_id).first()
    if row is None or row.pk not in audience.holding(brand, {row.pk: row.audience}, customer_id):
        raise NotFound(say("There is no article %(id)s.", id=article_id))
    day = _today(brand).toordinal()
    family = subject_ids_of(brand.pk, customer_id)
    ours = ArticleOpening.objects.filter(article=row, subject_id__in=family, day=day)
    if not ours.exists():
        with writing(brand.pk):
            if not ours.exists():
                ArticleOpening.objects.create(article=row, subject_id=subject_id, day=day)
                payload = {"article": str(row.pk), "title": row.title_zh}
                tell(brand.pk, [Happening(OPENED.name, subject_id, now_ms(), payload)])
    return row


def _published(brand: Brand) -> QuerySet[Article, Any]:
    today = _today(brand)
    begun = Q(since__isnull=True) | Q(since__lte=today)
    lasting = Q(until__isnull=True) | Q(until__gte=today)
    return Article.objects.filter(begun, lasting, brand_id=brand.pk, published=True)


def _today(brand: Brand) -> date:
    return to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
