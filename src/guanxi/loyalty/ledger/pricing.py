"""What units of an asset are worth, for the money that the liability is shown in."""

from __future__ import annotations

from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import MOST_FEN
from guanxi.loyalty.ledger.models import Asset
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.writing import writing


def price(brand_id: int, code: str, fen_per_thousand: int | None, *, actor: Actor | str) -> None:
    """Say what 1,000 units are worth, in fen; None: nobody knows. Raises NotFound and Invalid."""
    if fen_per_thousand is not None and not 0 <= fen_per_thousand <= MOST_FEN:
        raise Invalid(
            say("1,000 units are worth between 0 and %(most)s fen.", most=f"{MOST_FEN:,}"),
            field="fen_per_thousand",
        )
    with writing():
        if not Asset.objects.filter(brand_id=brand_id, code=code).update(fen_per_thousand=fen_per_thousand):
            raise NotFound(say("There is no asset '%(code)s'.", code=code), code=code)
        detail = {"fen_per_thousand": "" if fen_per_thousand is None else str(fen_per_thousand)}
        audit.record(brand_id, actor, "asset.priced", "asset", code, detail=detail)
