"""Changes of state as touchpoints."""

from __future__ import annotations

from guanxi.economics.states.rules import CHANGED
from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

KIND = Kind(
    CHANGED,
    "客户状态变更",
    "State changed",
    "Written by Guanxi: a customer's state is another one than before. The state that a customer is first "
    "found in is no change.",
    (
        Field("from", FieldType.TEXT, "the state before: new, active, loyal, at_risk …", required=True),
        Field("to", FieldType.TEXT, "the state from now on", required=True),
        Field("since_ms", FieldType.MS, "when the state before began"),
        Field("version", FieldType.INTEGER, "the version of the rules; 0 is the default"),
        Field("relabelled", FieldType.BOOLEAN, "the rules changed, not the customer"),
    ),
)


def register() -> None:
    KINDS.register(KIND)
    keeping.add(
        keeping.Group(
            "facts.states",
            say("Changes of state"),
            say(
                "When customers became loyal, at risk and so on, and the flows of those months. States stay."
            ),
            (KIND.name,),
        )
    )
