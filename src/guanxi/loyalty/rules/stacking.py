"""What groups and limits leave of what rules would give. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from guanxi.loyalty.rules.contracts import Given, Group, Mode, Rule
from guanxi.loyalty.rules.offers import LONE, Compiled

Offer = tuple[Compiled, list[Given], bool]


def stacked(
    offers: Sequence[Offer], before: Sequence[Given]
) -> list[tuple[Compiled, list[Given], bool, Rule | None]]:
    """What groups leave of the offers, in their order: each with what it gives, whether that is less than it
    would, and the rule that stood in its way."""
    if not any(one.group.name for one, _given, _cut in offers):
        return [(one, given, cut, None) for one, given, cut in offers]
    groups: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer[0].group.name and offer[0].group.mode in (Mode.FIRST, Mode.BEST):
            groups[offer[0].group.name].append(offer)
    winners = {name: _winner(name, some, before) for name, some in groups.items()}
    spent: dict[tuple[str, str], int] = defaultdict(int)
    for each in before:
        group = each.rule.group or LONE
        if group.mode is Mode.CAP and each.units:
            spent[group.name, each.effect["asset"]] += each.units
    found: list[tuple[Compiled, list[Given], bool, Rule | None]] = []
    for one, given, cut in offers:
        group = one.group
        if group.name in winners:
            winner = winners[group.name]
            mine = winner.id == one.rule.id
            found.append((one, given if mine else [], cut, None if mine else winner))
        elif group.name and group.mode is Mode.CAP:
            capped = _capped(given, group, spent)
            found.append((one, capped, cut or capped != given, None))
        else:
            found.append((one, given, cut, None))
    return found


def _winner(name: str, offers: Sequence[Offer], before: Sequence[Given]) -> Rule:
    """Of offers in order of priority; a rule of the group that gave before keeps its place."""
    for each in before:
        if (each.rule.group or LONE).name == name:
            return each.rule
    first = offers[0][0]
    if first.group.mode is Mode.FIRST:
        return first.rule
    return max(offers, key=lambda offer: sum(each.units for each in offer[1]))[0].rule


def _capped(given: list[Given], group: Group, spent: dict[tuple[str, str], int]) -> list[Given]:
    found = []
    for each in given:
        units = each.units
        if units:
            key = group.name, each.effect["asset"]
            units = min(units, max(0, group.cap - spent[key]))
            spent[key] += units
        if units or not each.units:
            found.append(each if units == each.units else each._replace(units=units))
    return found if any(each.units for each in found) or not any(each.units for each in given) else []


def cut_to(offer: list[Given], left: int) -> list[Given]:
    """As many of the units as are left, in the order of the effects; without any, none of its effects."""
    found = []
    for each in offer:
        units = min(each.units, max(0, left))
        left -= units
        if units or not each.units:
            found.append(each._replace(units=units))
    return found if any(each.units for each in found) or not any(each.units for each in offer) else []
