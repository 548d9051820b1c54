"""The verbs of coupons, as other rooms and the shells use them."""

from guanxi.loyalty.coupons.campaigns import add_stock, create, delete, save, set_state
from guanxi.loyalty.coupons.issuing import issue
from guanxi.loyalty.coupons.making import make, want
from guanxi.loyalty.coupons.redeeming import lock, redeem
from guanxi.loyalty.coupons.undoing import roll_back
from guanxi.loyalty.coupons.withdrawing import withdraw

__all__ = [
    "add_stock",
    "create",
    "delete",
    "issue",
    "lock",
    "make",
    "redeem",
    "roll_back",
    "save",
    "set_state",
    "want",
    "withdraw",
]
