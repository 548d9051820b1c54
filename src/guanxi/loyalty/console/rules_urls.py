from django.urls import path

from guanxi.loyalty.console import (
    rules_building,
    rules_changing,
    rules_given,
    rules_groups,
    rules_tracing,
    rules_views,
)

urlpatterns = [
    path("loyalty/rules", rules_views.rules, name="rules"),
    path("loyalty/rules/order", rules_views.reorder, name="rules-order"),
    path("loyalty/rules/new", rules_building.new, name="rule-new"),
    path("loyalty/rules/create", rules_building.create, name="rule-create"),
    path("loyalty/rules/draw", rules_building.draw, name="rule-draw"),
    path("loyalty/rules/preview", rules_building.preview, name="rule-preview"),
    path("loyalty/rules/trace", rules_tracing.trace, name="rules-trace"),
    path("loyalty/rules/groups", rules_groups.groups, name="rule-groups"),
    path("loyalty/rules/groups/save", rules_groups.save, name="rule-group-save"),
    path("loyalty/rules/<int:rule_id>", rules_views.rule, name="rule"),
    path("loyalty/rules/<int:rule_id>/given", rules_given.given, name="rule-given"),
    path("loyalty/rules/<int:rule_id>/edit", rules_building.edit, name="rule-edit"),
    path("loyalty/rules/<int:rule_id>/save", rules_building.save, name="rule-save"),
    path("loyalty/rules/<int:rule_id>/fund", rules_changing.fund, name="rule-fund"),
    path("loyalty/rules/<int:rule_id>/fund/do", rules_changing.fund_do, name="rule-fund-do"),
    path(
        "loyalty/rules/<int:rule_id>/<slug:what>", rules_changing.change_preview, name="rule-change-preview"
    ),
    path("loyalty/rules/<int:rule_id>/<slug:what>/do", rules_changing.change, name="rule-change"),
]
