"""Who may be written to, by the ledger of consent, on a channel that an identity of the customer serves."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from guanxi.community.followers.ladder import Integers
from guanxi.customers.consent.purposes import MARKETING
from guanxi.economics import running
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import Moment, parse
from guanxi.kernel.conditions.features import BrandRow
from guanxi.segments.compiling import first_of
from guanxi.warehouse import queries as warehouse

# Channel of consent, and the identity without which nothing can be sent on it.
SERVED: Final = {"sms": "phone", "phone": "phone", "email": "email", "wecom": "wecom", "wechat": "openid"}
MAY_BE_WRITTEN_TO: Final = {
    "any": [
        {
            "all": [
                {"leaf": "consent.is", "is": "given", "purpose": MARKETING, "channels": [channel]},
                {"leaf": "identity.has", "scheme": scheme},
            ]
        }
        for channel, scheme in SERVED.items()
    ]
}


def writable(brand: BrandRow) -> Integers | None:
    """The customers, as of the lake; None where nobody has said anything to marketing yet."""
    consents = warehouse.tables()["consents"]
    said = consents.filter(consents.purpose == MARKETING)
    if not running.ask(brand, said.aggregate(n=said.count()))["n"][0].as_py():
        return None
    moment = Moment(warehouse.synced_ms(brand) or now_ms(), ZoneInfo(brand.timezone))
    people = first_of(brand, [parse(MAY_BE_WRITTEN_TO)], moment)
    found = running.ask(brand, people.filter(people.place == 0).select("customer_id"))
    customers: Integers = found["customer_id"].to_numpy(zero_copy_only=False).astype(np.int64)
    return customers
