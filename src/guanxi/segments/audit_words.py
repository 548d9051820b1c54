"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "segment.created": say("Segment made"),
            "segment.saved": say("Segment changed"),
            "segment.archived": say("Segment archived"),
            "segment.restored": say("Segment restored"),
            "segment.deleted": say("Segment deleted"),
            "segment.tag": say("Tag of a segment chosen"),
            "segment.reference": say("Segment changed with one it refers to"),
            "segment.live": say("Segment made live"),
            "segment.scheduled": say("Segment scheduled"),
            "segment.frozen": say("Segment frozen"),
            "segment.exported": say("Segment exported"),
            "segment.composition_exported": say("Composition of a segment exported"),
            "computed.defined": say("Computed field defined"),
            "computed.removed": say("Computed field removed"),
        },
        {"segment": Kind(say("Segment"), "segment"), "computed": Kind(say("Computed field"))},
        {"digests": say("hashes"), "members": say("members")},
    )
