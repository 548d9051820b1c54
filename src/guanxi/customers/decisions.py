"""People's word on who is whom: merge, unmerge, and the reviews that ask for it.

A decision is evidence like any other, only stronger: it is written once and the rules do the rest, so that
facts which come later go where the decision says. Nothing here moves a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import denials, store
from guanxi.customers.closure import Closure
from guanxi.customers.contracts import Change, ReviewState, Verdict
from guanxi.customers.evidence import Ruling
from guanxi.customers.identifiers import is_personal
from guanxi.customers.models import ContactDenial, Customer, Decision, Review, Subject
from guanxi.customers.resolution import settle
from guanxi.customers.rules import decide
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.writing import writing

MAX_SUBJECTS = 2_000
REASON_CHARS = 200


class Changed(NamedTuple):
    """What a merge or unmerge did: the customer that stays, and those that went into it or came out of it."""

    customer_id: int
    others: tuple[int, ...]


Listener = Callable[[Change], None]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """Upper rooms register here (in AppConfig.ready); they are called within the same transaction."""
    _listeners.append(listener)


def merge(brand_id: int, customer_ids: Sequence[int], *, actor: object, reason: str = "") -> Changed:
    """Make customers one person, by a person's decision.

    Raises NotFound for a customer of another brand, Conflict where one of them was merged meanwhile,
    Invalid for fewer than two.
    """
    wanted = sorted(set(customer_ids))
    if len(wanted) < 2:
        raise Invalid(_("Choose at least two customers to merge."))
    with writing(brand_id):
        sides = _sides(brand_id, wanted)
        write(brand_id, _joining(brand_id, sides), Verdict.SAME, actor, reason)
        ContactDenial.objects.filter(pk__in=[row.pk for row in _denied(brand_id, sides)]).delete()
        settle(brand_id, set(sides), actor=str(actor))
        found = set(roots(brand_id, sides).values())
        if len(found) > 1:
            raise Conflict(_("These customers cannot be made one: an earlier decision contradicts it."))
        changed = Changed(wanted[0], tuple(wanted[1:]))
        tell(brand_id, "customer.merged", changed, subjects=len(sides), actor=actor, reason=reason)
    return changed


def drawn_in(brand_id: int, customer_ids: Sequence[int]) -> tuple[int, ...]:
    """Further customers that a merge of these would draw in, some or all of whose identities it would take:
    what kept them apart from one of them may fall with the merge. Nothing is written.

    Raises as `merge`.
    """
    sides = _sides(brand_id, sorted(set(customer_ids)))
    at = (now_ms(), 1 << 62)
    supposed = [Ruling(min(pair), max(pair), True, at) for pair in _joining(brand_id, sides)]
    lifted = [(row.subject_id, (row.scheme, row.key)) for row in _denied(brand_id, sides)]
    closure = Closure(brand_id, supposed=supposed, lifted=lifted)
    closure.grow(sides)
    found: set[int] = set()
    for evidence in closure.components():
        root_of = decide(evidence).root_of
        roots = {root_of[number] for number in sides if number in root_of}
        found |= {closure.rows[number].customer_id for number, root in root_of.items() if root in roots}
    return tuple(sorted(found - set(customer_ids)))


def unmerge(
    brand_id: int, customer_id: int, subject_ids: Collection[int], *, actor: object, reason: str = ""
) -> Changed:
    """Take subjects out of a customer: they become one person, the rest another, also for facts to come.

    Where that undoes a merge by people, identities first seen after the merge go where evidence ties them,
    unless they are among `subject_ids`.
    Raises NotFound for a customer of another brand, Conflict where the subjects are not (or no longer) the
    customer's, Invalid where none or all are chosen.
    """
    leaving = set(subject_ids)
    with writing(brand_id):
        present = _members(brand_id, [customer_id])[customer_id]
        if not leaving <= present:
            raise Conflict(_("Some of these identities no longer belong to this customer. Look again."))
        staying = present - leaving
        if not leaving or not staying:
            raise Invalid(_("Choose some of the customer's identities, not all and not none."))
        sides = dict.fromkeys(leaving, 1) | dict.fromkeys(staying, 0)
        pairs = [
            (ruling.a, ruling.b)
            for ruling in store.load_rulings(brand_id, present)
            if ruling.same and _across(sides, ruling.a, ruling.b)
        ]
        staying = _meant_then(staying, pairs)
        write(brand_id, [*pairs, (min(leaving), min(staying))], Verdict.DIFFERENT, actor, reason)
        # Each side stays together, also where only the other side tied it: a split is exact.
        pins = [*pairwise(sorted(leaving)), *pairwise(sorted(staying))]
        write(brand_id, pins, Verdict.SAME, actor, reason)
        settle(brand_id, present, actor=str(actor))
        root_of = roots(brand_id, present)
        here, there = {root_of[n] for n in staying}, {root_of[n] for n in leaving}
        if len(here) > 1 or len(there) > 1 or here == there:
            raise Conflict(_("This split contradicts an earlier decision about the same identities."))
        others = tuple(sorted({*root_of.values()} - {customer_id}))
        changed = Changed(customer_id, others)
        tell(brand_id, "customer.unmerged", changed, subjects=len(leaving), actor=actor, reason=reason)
    return changed


def decide_review(
    brand_id: int, review_id: int, verdict: Verdict, *, actor: object, reason: str = ""
) -> Changed | None:
    """Answer a review. The same: its two customers are merged. Different: they stay apart for good.

    Raises NotFound, or Conflict where somebody answered first or newer evidence settled it.
    """
    with writing(brand_id):
        review = Review.objects.filter(brand_id=brand_id, pk=review_id).first()
        if review is None:
            raise NotFound(_("There is no such review."))
        state = ReviewState.MERGED if verdict == Verdict.SAME else ReviewState.KEPT_APART
        won = Review.objects.filter(pk=review_id, state=ReviewState.OPEN).update(
            state=state, decided_by=str(actor)[:160], decided_ms=now_ms()
        )
        if not won:
            raise Conflict(_("This review has already been answered, or newer evidence settled it."))
        root_of = roots(brand_id, {review.a_id, review.b_id})
        a, b = root_of[review.a_id], root_of[review.b_id]
        if verdict == Verdict.SAME and a != b:
            return merge(brand_id, [a, b], actor=actor, reason=reason or review.code)
        if verdict == Verdict.DIFFERENT and review.a_id != review.b_id:
            write(brand_id, [(review.a_id, review.b_id)], verdict, actor, reason or review.code)
            settle(brand_id, {review.a_id, review.b_id}, actor=str(actor))
        audit.record(
            brand_id, str(actor), "review.decided", "review", review_id, detail={"verdict": str(verdict)}
        )
    return None


def _sides(brand_id: int, customer_ids: Collection[int]) -> dict[int, int]:
    """subject → customer, of those that are to be one. Raises as `_members`."""
    members = _members(brand_id, customer_ids)
    return {number: customer for customer, numbers in members.items() for number in numbers}


def _joining(brand_id: int, sides: dict[int, int]) -> list[tuple[int, int]]:
    """The pairs that a merge rules to be one: those kept apart so far, and every identity with the next, so
    that no rule drops one where two of a platform now meet."""
    kept_apart = [
        (ruling.a, ruling.b)
        for ruling in store.load_rulings(brand_id, sides)
        if not ruling.same and _across(sides, ruling.a, ruling.b)
    ]
    return [*kept_apart, *pairwise(sorted(sides))]


def _denied(brand_id: int, sides: Collection[int]) -> list[ContactDenial]:
    """Corrections of a contact that a merge of these subjects takes back: now it is said to be theirs."""
    rows = store.load_subjects(brand_id, sides)
    contacts = {(row.scheme, row.key) for row in rows if is_personal(row.scheme)}
    return denials.between_sides(brand_id, sides, contacts)


def _members(brand_id: int, customer_ids: Collection[int]) -> dict[int, set[int]]:
    """The subjects of each customer. Raises NotFound, Conflict or Invalid."""
    living = dict(
        Customer.objects.filter(brand_id=brand_id, pk__in=customer_ids).values_list("id", "merged_into_id")
    )
    for customer in customer_ids:
        if customer not in living:
            raise NotFound(_("There is no such customer."), customer_id=customer)
        if living[customer] is not None:
            raise Conflict(
                _("Customer %(customer)s has meanwhile been merged into another one. Look again.")
                % {"customer": customer},
                customer_id=customer,
                merged_into=living[customer],
            )
    members: dict[int, set[int]] = {customer: set() for customer in customer_ids}
    rows = store.load_customers_subjects(brand_id, list(customer_ids))
    for row in rows:
        members[row.customer_id].add(row.id)
    if sum(map(len, members.values())) > MAX_SUBJECTS:
        raise Invalid(_("These customers have too many identities to be decided by hand."))
    return members


def _meant_then(staying: set[int], merges: Collection[tuple[int, int]]) -> set[int]:
    """Those of the subjects that people meant by the merges that are now undone. Others came later, or
    because the merge took away what had kept them apart: they go where evidence ties them again."""
    moments: set[int] = set()
    for a, b in merges:
        decision = Decision.objects.filter(a_id=a, b_id=b, verdict=Verdict.SAME).order_by("-at_ms", "-id")
        moments.update(decision.values_list("at_ms", flat=True)[:1])
    ties = Decision.objects.filter(a_id__in=staying, verdict=Verdict.SAME, at_ms__in=moments)
    ties |= Decision.objects.filter(b_id__in=staying, verdict=Verdict.SAME, at_ms__in=moments)
    meant = {number for pair in ties.values_list("a_id", "b_id") for number in pair}
    return (staying & meant) or staying


def roots(brand_id: int, subject_ids: Iterable[int]) -> dict[int, int]:
    """subject → the customer it is of today."""
    rows = Subject.of_brand(brand_id).filter(pk__in=list(subject_ids))
    return dict(rows.values_list("id", "customer_id"))


def _across(sides: dict[int, int], a: int, b: int) -> bool:
    return a in sides and b in sides and sides[a] != sides[b]


def write(
    brand_id: int, pairs: Iterable[tuple[int, int]], verdict: Verdict, actor: object, reason: str
) -> list[int]:
    """Write a person's word on pairs down; the rows' ids. The caller holds the turn and settles."""
    at_ms = now_ms()  # what is decided together is known by it
    made = Decision.objects.bulk_create(
        Decision(
            brand_id=brand_id,
            a_id=min(pair),
            b_id=max(pair),
            verdict=verdict,
            actor=str(actor)[:160],
            reason=reason[:REASON_CHARS],
            at_ms=at_ms,
        )
        for pair in pairs
    )
    return [row.pk for row in made]


def taken_back(brand_id: int, decision_ids: Collection[int]) -> set[int]:
    """Forget decisions that were a mistake; the subjects they were about. The caller settles."""
    rows = Decision.objects.filter(brand_id=brand_id, pk__in=list(decision_ids))
    subjects = {number for pair in rows.values_list("a_id", "b_id") for number in pair}
    rows.delete()
    return subjects


def tell(brand_id: int, kind: str, changed: Changed, *, subjects: int, actor: object, reason: str) -> None:
    """The audit log and the rooms above, within the same transaction."""
    detail = {"others": list(changed.others), "subjects": subjects, "reason": reason[:REASON_CHARS]}
    audit.record(brand_id, str(actor), kind, "customer", changed.customer_id, detail=detail)
    change = Change(brand_id, kind, changed.customer_id, changed.others, str(actor), now_ms())
    for listener in _listeners:
        listener(change)
