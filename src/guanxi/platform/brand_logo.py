"""A brand's logo: kept in the database, so that every process and every backup has it, and named by what is
in it, so that it may be cached for ever."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit, pictures
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand, BrandLogo
from guanxi.platform.writing import writing


class Logo(NamedTuple):
    content: bytes
    content_type: str


def keep(brand_id: int, content: bytes, *, actor: Actor) -> str:
    """Make this picture the brand's logo, in place of the one it had; its name. Raises Invalid where it is
    none, Limit beyond 200 KB, NotFound."""
    if not content:
        raise Invalid(say("No picture was chosen."), remedy=say("Choose a file first."), field="logo")
    picture = pictures.checked(content)
    name = f"{hashlib.sha256(b'%d:' % brand_id + picture.content).hexdigest()[:40]}.{picture.suffix}"
    with writing():
        if not Brand.objects.select_for_update().filter(pk=brand_id).update(logo=name):
            raise NotFound(say("There is no such brand."))
        values = {"name": name, "content": picture.content, "content_type": picture.content_type}
        BrandLogo.objects.update_or_create(brand_id=brand_id, defaults=values)
        audit.record(brand_id, actor, "brand.logo_set", "brand", brand_id)
    return name


def remove(brand_id: int, *, actor: Actor) -> None:
    """The brand shows its initial again; nothing happens where it does already."""
    with writing():
        if BrandLogo.objects.filter(brand_id=brand_id).delete()[0]:
            Brand.objects.filter(pk=brand_id).update(logo="")
            audit.record(brand_id, actor, "brand.logo_removed", "brand", brand_id)


def find(name: str) -> Logo:
    """Raises NotFound."""
    row = BrandLogo.objects.filter(name=name).first()
    if row is None:
        raise NotFound(say("There is no such picture."))
    return Logo(bytes(row.content), row.content_type)
