"""The members' pages of the world's brand, of whoever its link to the card lets in."""

from __future__ import annotations

from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.coupons.issuing import issue
from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.perks.models import Article
from tests.console.world import World
from tests.loyalty.draws.known import number, win
from tests.loyalty.rewards.made import made

PLAIN = {
    *("points", "profile", "stores", "keep", "more", "tiers", "coupons", "rewards", "redemptions", "family"),
    *("draws", "services", "bookings", "content", "survey"),
}
# What forms are sent to, pictures, and pages that lead on at once.
NO_PAGES = {
    *("member-enter", "member-leave", "member-inbox", "member-profile-save", "member-code-picture"),
    *("member-number-picture", "member-draw-enter", "member-claim-do", "member-book"),
    *("member-booking-cancel", "article-picture", "member-survey-answer", "member-featured"),
    *("member-membership-cancel", "member-reward-take", "member-redemption-cancel"),
    *("member-redemption-have", "member-redemption-review", "member-family-invite"),
    *("member-family-accept", "member-family-part", "member-family-give", "reward-picture"),
}


def pages(world: World) -> dict[str, str]:
    """Addresses by name, also of one thing of each kind."""
    brand, customer = world.brand, world.customer
    issue(brand.pk, "spring", [customer.pk], ["phone"], "cli")
    one = {
        "draw": f"draws/{number('open')}",
        "draw-winners": f"draws/{number('held')}/winners",
        "claim": f"prizes/{win()}",
        "service": f"services/{Booking.objects.get(pk=world.booking).service_id}",
        "article": f"content/{Article.objects.filter(brand_id=brand.pk)[0].pk}",
        "coupon": f"coupons/{Coupon.objects.get(subject_id=customer.pk).pk}",
        "reward": "rewards/cup",
        "reward-confirm": "rewards/cup/confirm?price=0",
        "redemption": f"redemptions/{made(0)}",
    }
    told = {name: name for name in sorted(PLAIN)} | one | {"card": ""}
    return {f"member-{name}": f"/m/{brand.slug}/{address}" for name, address in told.items()}
