"""Rewards and redemptions."""

from __future__ import annotations

from guanxi.loyalty.rewards.models import Redemption
from guanxi.platform.apikeys import Scope
from tests.rest.matrix.row import Ask

READ, WRITE, TILL = Scope.PROGRAMME_READ, Scope.PROGRAMME_WRITE, Scope.TILL_USE
FREE = {"kind": "gift", "name": "Cup", "prices": [{"fen": 100}]}  # of any brand: it names no asset


def known() -> int:
    return Redemption.objects.earliest("pk").pk


def other(number: int) -> int:
    """One that no other row of the matrix changes."""
    return Redemption.objects.order_by("pk")[number].pk


def to_send() -> int:
    return Redemption.objects.get(delivery="send").pk


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_rewards": (READ, lambda caller, _: caller.get("rewards")),
    "show_reward": (READ, lambda caller, _: caller.get("rewards/cup")),
    "put_reward": (WRITE, lambda caller, _: caller.put("rewards/mug", FREE)),
    "set_reward_state": (
        WRITE,
        lambda caller, _: caller.post("rewards/cup/state", {"state": "active", "version": 2}),
    ),
    "stock_reward": (WRITE, lambda caller, _: caller.post("rewards/cup/stock", {"pieces": 2, "key": "k"})),
    "list_redemptions": (READ, lambda caller, _: caller.get("redemptions")),
    "redeem_reward": (
        TILL,
        lambda caller, customer: caller.post(
            "redemptions", {"key": "k", "reward": "cup", "customer": customer, "delivery": "collect"}
        ),
    ),
    "show_redemption": (READ, lambda caller, _: caller.get(f"redemptions/{known()}")),
    "pay_redemption": (
        TILL,
        lambda caller, _: caller.post(f"redemptions/{known()}/pay", {"reference": "wx", "fen": 100}),
    ),
    "hand_out_redemption": (TILL, lambda caller, _: caller.post(f"redemptions/{other(1)}/hand-out", {})),
    "cancel_redemption": (TILL, lambda caller, _: caller.post(f"redemptions/{other(2)}/cancel", {})),
}
NOT_THEIRS = {
    *("show_reward", "set_reward_state", "stock_reward", "redeem_reward"),
    *("show_redemption", "pay_redemption", "hand_out_redemption", "cancel_redemption"),
}
