"""Figures: overview, reports, scenarios, assumptions, states and the community."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "overview": Page(Permission.REPORTS_VIEW, lambda w: "/overview"),
    "overview-csv": Page(Permission.REPORTS_VIEW, lambda w: "/overview/monthly.csv"),
    "scenarios": Page(Permission.REPORTS_VIEW, lambda w: "/scenarios?retention_change=0.1"),
    "scenarios-draw": Page(Permission.REPORTS_VIEW, lambda w: "/scenarios/draw?k_factor=0.2"),
    "scenarios-save": Page(
        Permission.ECONOMICS_MANAGE, lambda w: "/scenarios/save", lambda w: {"name": "mine", "cac_now": "80"}
    ),
    "scenarios-compare": Page(Permission.REPORTS_VIEW, lambda w: f"/scenarios/compare?s={w.scenario}"),
    "scenario": Page(Permission.REPORTS_VIEW, lambda w: f"/scenarios/{w.scenario}"),
    "scenario-remove": Page(
        Permission.ECONOMICS_MANAGE, lambda w: f"/scenarios/{w.scenario}/remove", lambda w: {}
    ),
    "community": Page(Permission.REPORTS_VIEW, lambda w: "/community"),
    "followers": Page(Permission.REPORTS_VIEW, lambda w: "/community/followers"),
    "reports": Page(Permission.REPORTS_VIEW, lambda w: "/reports"),
    "report": Page(Permission.REPORTS_VIEW, lambda w: "/reports/ltv"),
    "report-csv": Page(Permission.REPORTS_VIEW, lambda w: "/reports/ltv.csv"),
    "assumptions": Page(Permission.REPORTS_VIEW, lambda w: "/assumptions"),
    "assumptions-choose": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/assumptions/choose",
        lambda w: {"margin": "55", "discount": "10", "categories": "护肤,62.5"},
    ),
    "rate-card": Page(Permission.REPORTS_VIEW, lambda w: "/rate-card"),
    "rate-card-set": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/rate-card/set",
        lambda w: {
            "platform": "douyin",
            "item": "cpm",
            "low": "20",
            "from_day": "2026-01-01",
            "source": "quotation",
        },
    ),
    "states": Page(Permission.REPORTS_VIEW, lambda w: "/states"),
    "state-edit": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/loyal/edit"),
    "state-draw": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/draw", lambda w: {"state": "loyal"}),
    "state-preview": Page(
        Permission.ECONOMICS_MANAGE, lambda w: "/states/preview", lambda w: {"state": "loyal"}
    ),
    "state-save": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/states/advocate/save",
        lambda w: {
            "r:mode": "all",
            "r.0:leaf": "value.frequency",
            "r.0:at_least": "9",
            "version": 0,
        },
    ),
    "states-change": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/change?do=remove&state=loyal"),
    "states-change-do": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/states/change/do",
        lambda w: {"do": "remove", "state": "loyal", "version": 0},
    ),
}
OF_ANY_BRAND = {
    "overview",
    "overview-csv",
    "scenarios",
    "scenarios-draw",
    "scenarios-save",
    "scenarios-compare",
    "community",
    "followers",
    "reports",
    "report",
    "report-csv",
    "assumptions",
    "assumptions-choose",
    "rate-card",
    "rate-card-set",
    "states",
    "state-edit",
    "state-draw",
    "state-preview",
    "state-save",
    "states-change",
    "states-change-do",
}
