"""What members think of what they had: asked of everybody, given nothing for."""

from __future__ import annotations

from typing import Final

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import subject_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.rewards import moving
from guanxi.loyalty.rewards.contracts import State
from guanxi.loyalty.rewards.models import Redemption
from guanxi.messaging.services import cancel_keys
from guanxi.platform.writing import writing
from guanxi.touchpoints.payloads import masked

LONGEST: Final = 1_000
REVIEWED: Final = "sample.reviewed"
HAD: Final = (State.HANDED_OUT.value, State.SENT.value, State.DONE.value)


def review(brand_id: int, customer_id: int, redemption_id: int, stars: int, words: str) -> None:
    """Keep what the member says, once for each redemption, as a fact. Raises NotFound for one that is not
    theirs, Invalid, and Conflict where it was not handed over or has been reviewed."""
    words = " ".join(words.replace("\0", " ").split())
    if not 1 <= stars <= 5:
        raise Invalid(say("Choose 1 to 5 stars."), field="stars")
    if len(words) > LONGEST:
        raise Invalid(say("At most %(most)s characters.", most=LONGEST), field="words")
    with writing(brand_id):
        row = moving.locked(brand_id, redemption_id)
        if row.subject_id not in subject_ids_of(brand_id, customer_id):
            raise NotFound(say("There is no such redemption."))
        if row.state not in HAD or row.reviewed:
            raise Conflict(say("You have told us already, or do not have it yet."))
        Redemption.objects.filter(pk=row.pk).update(reviewed=True)
        about = {"reward": row.reward.code, "type": row.reward.kind, "redemption": row.pk, "stars": stars}
        payload = {**about, "words": masked(words)} if words else about
        cancel_keys(brand_id, [moving.review_key(row)])
        tell(brand_id, [Happening(REVIEWED, row.subject_id, now_ms(), payload)])
