"""A slow and obvious reading of docs/guide/rules.md, for facts and rules in plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

SHANGHAI = timedelta(hours=8)


def local(at_ms: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms) + SHANGHAI).replace(tzinfo=None)


def period(at_ms: int, per: str) -> str:
    day = local(at_ms).date()
    return {
        "day": str(day),
        "week": str(day - timedelta(days=day.weekday())),
        "month": day.strftime("%Y-%m"),
        "year": str(day.year),
        "ever": "ever",
    }[per]


def is_met(rule: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    said, at = rule["definition"], local(fact["at_ms"])
    demands = [fact["kind"] in said["on"]]
    if "since" in said:
        demands.append(at.date() >= date.fromisoformat(said["since"]))
    if "until" in said:
        demands.append(at.date() <= date.fromisoformat(said["until"]))
    if "weekdays" in said:
        demands.append(at.weekday() in said["weekdays"])
    if "hours" in said:
        demands.append(said["hours"][0] <= at.hour < said["hours"][1])
    for one in said.get("where", ()):
        found, value = fact[one["field"]], one["value"]
        demands.append(found == value if one["op"] == "eq" else found >= value)
    return all(demands)


def units_of(effect: Mapping[str, Any], fact: Mapping[str, Any]) -> int:
    per = effect.get("per", "fact")
    amount, pieces = fact["amount_fen"], fact["quantity"]
    if "lines" in effect:
        lines = [line for line in fact["items"] if line["sku"] == effect["lines"][0]["value"]]
        amount, pieces = sum(one["amount_fen"] for one in lines), sum(one["quantity"] for one in lines)
    units = effect["units"]
    if per == "amount":
        units = amount // effect["each_fen"] * effect["units"]
    elif per == "pieces":
        units = pieces * effect["units"]
    return min(units, effect.get("most", units))


class Reference:
    """`given` are (fact, rule, place, units), in the order in which they were given."""

    def __init__(self, rules: Sequence[Mapping[str, Any]], groups: Mapping[str, tuple[str, int]]) -> None:
        self.rules = sorted(rules, key=lambda rule: (-rule["priority"], rule["id"]))
        self.groups = groups
        self.times: dict[tuple[Any, ...], int] = {}
        self.units: dict[tuple[Any, ...], int] = {}

    def give(self, fact: Mapping[str, Any]) -> list[tuple[int, int, int]]:
        """(rule, place, units) of one fact."""
        if not fact["who"]:
            return []
        found: list[tuple[int, int, int]] = []
        for multiplies in (False, True):
            offers = []
            for rule in self.rules:
                effects = rule["definition"]["effects"]
                if any(one["effect"] == "multiply" for one in effects) is not multiplies:
                    continue
                if is_met(rule, fact):
                    offer = self.allowed(rule, fact, self.offer(rule, fact, found))
                    if offer:
                        offers.append((rule, offer))
            for rule, offer in self.stacked(offers, found):
                found += [(rule["id"], place, units) for place, units in offer]
                self.use(rule, fact, sum(units for _place, units in offer))
        return found

    def offer(
        self, rule: Mapping[str, Any], fact: Mapping[str, Any], found: Sequence[tuple[int, int, int]]
    ) -> list[tuple[int, int]]:
        offer = []
        for place, effect in enumerate(rule["definition"]["effects"]):
            units = self.extra(effect, found) if effect["effect"] == "multiply" else units_of(effect, fact)
            if units > 0:
                offer.append((place, units))
        return offer

    def extra(self, effect: Mapping[str, Any], found: Sequence[tuple[int, int, int]]) -> int:
        by_id = {rule["id"]: rule for rule in self.rules}
        base = 0
        for number, place, units in found:
            rule = by_id[number]
            fits = "group" not in effect or rule["group"] == effect["group"]
            if rule["definition"]["effects"][place]["effect"] == "give" and fits:
                base += units
        units = base * (effect["percent"] - 100) // 100
        return min(units, effect.get("most", units))

    def key(self, rule: Mapping[str, Any], fact: Mapping[str, Any]) -> tuple[Any, ...]:
        return rule["id"], fact["who"], period(fact["at_ms"], rule["definition"]["limit"]["per"])

    def allowed(
        self, rule: Mapping[str, Any], fact: Mapping[str, Any], offer: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        limit = rule["definition"].get("limit")
        if not limit:
            return offer
        key = self.key(rule, fact)
        if self.times.get(key, 0) >= limit.get("times", 1 << 60):
            return []
        left = limit.get("units", 1 << 60) - self.units.get(key, 0)
        return cut(offer, left)

    def use(self, rule: Mapping[str, Any], fact: Mapping[str, Any], units: int) -> None:
        if rule["definition"].get("limit"):
            key = self.key(rule, fact)
            self.times[key] = self.times.get(key, 0) + 1
            self.units[key] = self.units.get(key, 0) + units

    def stacked(
        self,
        offers: list[tuple[Mapping[str, Any], list[tuple[int, int]]]],
        found: Sequence[tuple[int, int, int]],
    ) -> list[tuple[Mapping[str, Any], list[tuple[int, int]]]]:
        group_of = {rule["id"]: rule["group"] for rule in self.rules}
        answer = []
        spent = {name: sum(u for r, _p, u in found if group_of[r] == name) for name in self.groups}
        for rule, wanted in offers:
            offer = wanted
            mode, cap = self.groups.get(rule["group"], ("joint", 0))
            rivals = [one for one in offers if one[0]["group"] == rule["group"]]
            earlier = [number for number, _place, _units in found if group_of[number] == rule["group"]]
            if mode in ("first", "best"):
                best = rivals[0]
                if mode == "best":
                    for one in rivals[1:]:
                        if sum(u for _p, u in one[1]) > sum(u for _p, u in best[1]):
                            best = one
                if earlier or best[0]["id"] != rule["id"]:
                    continue
            if mode == "cap":
                offer = cut(offer, cap - spent[rule["group"]])
                spent[rule["group"]] += sum(units for _place, units in offer)
            if offer:
                answer.append((rule, offer))
        return answer


def cut(offer: list[tuple[int, int]], left: int) -> list[tuple[int, int]]:
    answer = []
    for place, units in offer:
        part = min(units, max(0, left))
        left -= part
        if part:
            answer.append((place, part))
    return answer
