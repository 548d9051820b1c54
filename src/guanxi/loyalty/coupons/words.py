"""What is said of coupons: why one does not count, and what states and kinds are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guanxi.kernel.errors import Conflict, GuanxiError, Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.coupons.contracts import Became, Has, Kind, Refused, Stacking, State, Why

WHY: Final[Mapping[Why, Wording]] = {
    Why.UNKNOWN: say("There is no such coupon."),
    Why.PAUSED: say("This coupon cannot be used at the moment."),
    Why.EARLY: say("This coupon is not valid yet."),
    Why.EXPIRED: say("This coupon has expired."),
    Why.WITHDRAWN: say("This coupon was given back."),
    Why.REDEEMED: say("This coupon was used before."),
    Why.LOCKED: say("This coupon is being used somewhere else."),
    Why.OTHERS: say("This coupon belongs to somebody else."),
    Why.NOBODY: say("This coupon is for known customers: say who buys."),
    Why.WHO: say("This coupon is not for this customer."),
    Why.NOT_FIRST: say("This coupon is for the first order."),
    Why.LIMIT: say("This customer used it as often as one may."),
    Why.STOCK: say("All coupons of this campaign are used."),
    Why.PLACE: say("This coupon is not valid in this shop or channel."),
    Why.ITEMS: say("Nothing in the basket that this coupon is for."),
    Why.MINIMUM: say("The basket is below the minimum of this coupon."),
    Why.NOTHING: say("There is nothing left that it could take off."),
    Why.STACKING: say("This coupon does not go together with the others."),
    Why.TWICE: say("One coupon of a campaign counts at one basket."),
}
KINDS: Final[Mapping[Kind, Wording]] = {
    Kind.AMOUNT: say("Amount off"),
    Kind.PERCENT: say("Percent off"),
    Kind.GIFT: say("A gift"),
    Kind.DELIVERY: say("Free delivery"),
}
STACKING: Final[Mapping[Stacking, Wording]] = {
    Stacking.EXCLUSIVE: say("Alone"),
    Stacking.JOINT: say("Together with other joint coupons"),
}
STATES: Final[Mapping[State, Wording]] = {
    State.DRAFT: say("Draft"),
    State.ACTIVE: say("Active"),
    State.PAUSED: say("Paused"),
    State.ENDED: say("Ended"),
}
HAS: Final[Mapping[Has, Wording]] = {
    Has.FREE: say("Unused"),
    Has.LOCKED: say("Set aside"),
    Has.REDEEMED: say("Used"),
    Has.EXPIRED: say("Expired"),
    Has.WITHDRAWN: say("Given back"),
}
BECAME: Final[Mapping[Became, Wording]] = {
    Became.LOCKED: say("Set aside"),
    Became.REDEEMED: say("Redeemed"),
    Became.ROLLED_BACK: say("Rolled back"),
    Became.RELEASED: say("Given back unused"),
}
# Those that somebody else's use decides: for who asks, a race that was lost.
_TAKEN: Final = frozenset((Why.REDEEMED, Why.LOCKED, Why.LIMIT, Why.STOCK))


def refusal(one: Refused) -> GuanxiError:
    """The error that says why a coupon does not count."""
    kind = Conflict if one.why in _TAKEN else Invalid
    remedy = say("Pay without it, or validate to see what counts.")
    return kind(WHY[one.why], remedy=remedy, why=one.why.value, coupon=one.code[:40], field="codes")
