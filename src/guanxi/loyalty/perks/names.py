"""What the five levers are called, and how they are asked for."""

from __future__ import annotations

from django.utils.translation import gettext as _


def lever_names() -> dict[str, str]:
    return {
        "marketing": _("Marketing"),
        "branding": _("Branding"),
        "service": _("Service"),
        "employees": _("Employees"),
        "innovation": _("Innovation"),
    }


def lever_questions() -> list[tuple[str, str]]:
    return [
        ("marketing", _("What we send you and offer you is worth your time.")),
        ("branding", _("You like what we stand for.")),
        ("service", _("When you need us, we help well.")),
        ("employees", _("Our people treat you well.")),
        ("innovation", _("We come up with things that are new and good.")),
    ]
