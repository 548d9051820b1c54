"""What people do with webhooks. Every verb is in the audit log; none of it holds a secret or an address's
path."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db.models import F

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.vault import seal_text
from guanxi.platform.webhooks import signing, writing
from guanxi.platform.webhooks.addresses import target_of
from guanxi.platform.webhooks.contracts import DeliveryState, Event, Failure, Stopped
from guanxi.platform.webhooks.dispatch import OPEN, purpose_of, stop
from guanxi.platform.webhooks.events import TEST, checked_patterns
from guanxi.platform.webhooks.following import begin_where_nobody_listened
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.platform.writing import writing as transaction

MOST_WEBHOOKS: Final = 50  # of a brand
LARGEST_BATCH: Final = 500
USUAL_BATCH: Final = 100
BOTH_HOLD_MS: Final = DAY_MS  # after a rotation
_ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.DEAD, DeliveryState.FAILED)


class Made(NamedTuple):
    """`secret` is shown to a person now and never again."""

    webhook: Webhook
    secret: str


def create(
    brand_id: int,
    name: str,
    url: str,
    patterns: Iterable[str],
    *,
    with_history: bool = False,
    batch_most: int = USUAL_BATCH,
    actor: Actor | str,
) -> Made:
    """A new webhook, told what happens from now on. Raises Invalid, or Limit where a brand has too many."""
    values = _checked(name, url, patterns, batch_most)
    secret = signing.new_secret()
    with transaction(brand_id):
        if Webhook.objects.filter(brand_id=brand_id).count() >= MOST_WEBHOOKS:
            raise Limit(
                say("A brand has at most %(most)s webhooks.", most=MOST_WEBHOOKS),
                remedy=say("Remove one that is no longer needed."),
            )
        begin_where_nobody_listened()
        webhook = Webhook.objects.create(
            brand_id=brand_id, with_history=with_history, created_by=str(actor)[:160], **values
        )
        webhook.secret = seal_text(secret, purpose_of(webhook.pk))
        webhook.save(update_fields=["secret"])
        _note(webhook, actor, "webhook.created", host=target_of(url).host, events=webhook.patterns)
    return Made(webhook, secret)


def change(
    brand_id: int,
    webhook_id: int,
    version: int,
    *,
    name: str | None = None,
    url: str | None = None,
    patterns: Iterable[str] | None = None,
    with_history: bool | None = None,
    batch_most: int | None = None,
    actor: Actor | str,
) -> Webhook:
    """Change what is not None. What waits goes to the new address. Raises Invalid, NotFound, or Conflict
    where `version` is not the present one."""
    held = webhook_of(brand_id, webhook_id)
    values = _checked(
        held.name if name is None else name,
        held.url if url is None else url,
        held.patterns if patterns is None else patterns,
        held.batch_most if batch_most is None else batch_most,
    )
    values["with_history"] = held.with_history if with_history is None else with_history
    changed = [field for field, value in values.items() if getattr(held, field) != value]
    with transaction(brand_id):
        found = Webhook.objects.filter(pk=held.pk, version=version)
        if not found.update(version=F("version") + 1, **values):
            raise _overtaken()
        fields = {"changed": changed}
        if "url" in changed:
            fields["host"] = [target_of(values["url"]).host]
        _note(held, actor, "webhook.changed", **fields)
    return webhook_of(brand_id, webhook_id)


def remove(brand_id: int, webhook_id: int, *, actor: Actor | str) -> None:
    """Forget a webhook and its deliveries, sent or not. Raises NotFound."""
    with transaction(brand_id):
        webhook = webhook_of(brand_id, webhook_id)
        _note(webhook, actor, "webhook.removed", name=webhook.name)
        webhook.delete()


def pause(brand_id: int, webhook_id: int, *, actor: Actor | str) -> None:
    """Send nothing until it is resumed; what happens meanwhile is kept for it. Raises NotFound."""
    with transaction(brand_id):
        stop(webhook_of(brand_id, webhook_id), Stopped.PAUSED, actor)


def resume(brand_id: int, webhook_id: int, *, skip: bool = False, actor: Actor | str) -> int:
    """Send again: first what has waited, or nothing of it (`skip`). How many deliveries were skipped."""
    with transaction(brand_id):
        webhook = webhook_of(brand_id, webhook_id)
        begin_where_nobody_listened()
        going = Webhook.objects.filter(pk=webhook.pk, is_active=False).update(
            is_active=True,
            stopped="",
            stopped_ms=0,
            failures=0,
            failing_since_ms=0,
            resume_ms=0,
            version=F("version") + 1,
        )
        waiting = Delivery.objects.filter(webhook=webhook, state__in=OPEN)
        if not skip:
            waiting.exclude(state=DeliveryState.SENDING).update(next_ms=0)
            skipped = 0
        else:
            skipped = waiting.update(state=DeliveryState.DEAD, error=Failure.SKIPPED, claim="")
        if going or skipped:
            _note(webhook, actor, "webhook.resumed", skipped_count=skipped)
    return skipped


def rotate(brand_id: int, webhook_id: int, *, actor: Actor | str) -> Made:
    """A new secret; for a day both sign, so that the receiver can change over. Raises NotFound."""
    secret = signing.new_secret()
    with transaction(brand_id):
        webhook = webhook_of(brand_id, webhook_id)
        webhook.previous_secret, webhook.previous_until_ms = webhook.secret, now_ms() + BOTH_HOLD_MS
        webhook.secret = seal_text(secret, purpose_of(webhook.pk))
        webhook.save(update_fields=["secret", "previous_secret", "previous_until_ms"])
        _note(webhook, actor, "webhook.rotated")
    return Made(webhook, secret)


def test(brand_id: int, webhook_id: int, *, actor: Actor | str) -> int:
    """Have a test event sent; the number of its delivery. Raises NotFound, or Conflict where it is
    stopped."""
    with transaction(brand_id):
        webhook = webhook_of(brand_id, webhook_id)
        if not webhook.is_active:
            raise Conflict(say("This webhook is stopped."), remedy=say("Resume it, then test it."))
        at_ms = now_ms()
        event = Event(f"test:{secrets.token_urlsafe(9)}", TEST, at_ms, at_ms)
        writing.insert(writing.rows_for(webhook, [event]))
        Webhook.objects.filter(pk=webhook.pk).update(resume_ms=0)
        number = (
            Delivery.objects.filter(webhook=webhook, event_key=event.id).values_list("pk", flat=True).get()
        )
        _note(webhook, actor, "webhook.tested")
    return number


def replay(brand_id: int, delivery_id: int, *, actor: Actor | str) -> Delivery:
    """Send a delivery again, with the same id. Raises NotFound, or Conflict while it is being sent or
    waits."""
    with transaction(brand_id):
        delivery = delivery_of(brand_id, delivery_id)
        if not _again(Delivery.objects.filter(pk=delivery.pk, state__in=_ENDED)):
            raise Conflict(say("This delivery is on its way already."), remedy=say("Look again in a moment."))
        Webhook.objects.filter(pk=delivery.webhook_id).update(resume_ms=0)
        _note(delivery.webhook, actor, "webhook.replayed", delivery_id=delivery.pk)
    return delivery_of(brand_id, delivery_id)


def replay_many(
    brand_id: int, webhook_id: int, *, since_ms: int | None = None, failed: bool = False, actor: Actor | str
) -> int:
    """Send again what was made at `since_ms` or later, or all that `failed` for good, or both; how many
    deliveries. Raises Invalid where neither is asked for, NotFound."""
    if since_ms is None and not failed:
        raise Invalid(
            say("Say what to send again."),
            remedy=say("Give a time, or ask for all that failed."),
            field="since",
        )
    with transaction(brand_id):
        webhook = webhook_of(brand_id, webhook_id)
        found = Delivery.objects.filter(webhook=webhook, state__in=_ENDED)
        if since_ms is not None:
            found = found.filter(created_ms__gte=since_ms)
        if failed:
            found = found.exclude(state=DeliveryState.DELIVERED)
        count = _again(found)
        Webhook.objects.filter(pk=webhook.pk).update(resume_ms=0)
        _note(webhook, actor, "webhook.replayed", deliveries_count=count, since_ms=since_ms, failed=failed)
    return count


def webhook_of(brand_id: int, webhook_id: int) -> Webhook:
    """Raises NotFound."""
    found = Webhook.objects.filter(brand_id=brand_id, pk=webhook_id).first()
    if found is None:
        raise NotFound(say("There is no such webhook."), remedy=say("See the list of webhooks."))
    return found


def delivery_of(brand_id: int, delivery_id: int) -> Delivery:
    """Raises NotFound."""
    found = Delivery.objects.filter(pk=delivery_id, webhook__brand_id=brand_id).select_related("webhook")
    if (delivery := found.first()) is None:
        raise NotFound(
            say("There is no such delivery."), remedy=say("Deliveries are forgotten after some days.")
        )
    return delivery


def _again(deliveries: Any) -> int:
    """A replay begins its attempts anew and keeps its id, by which the receiver knows it."""
    count: int = deliveries.update(
        state=DeliveryState.QUEUED, attempts=0, next_ms=0, claim="", replays=F("replays") + 1
    )
    return count


def _checked(name: str, url: str, patterns: Iterable[str], batch_most: int) -> dict[str, Any]:
    name, url = name.strip(), url.strip()
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise Invalid(
            say("A webhook has a name of 1 to 80 characters."), remedy=say("Name who listens."), field="name"
        )
    if not 1 <= batch_most <= LARGEST_BATCH:
        raise Invalid(
            say("One request carries 1 to %(most)s events.", most=LARGEST_BATCH),
            remedy=say("Give another number."),
            field="batch_most",
        )
    target_of(url)
    return {"name": name, "url": url, "patterns": checked_patterns(patterns), "batch_most": batch_most}


def _overtaken() -> Conflict:
    return Conflict(
        say("Somebody has changed this webhook since you read it."),
        remedy=say("Read it again, then change it."),
    )


def _note(webhook: Webhook, actor: Actor | str, action: str, **detail: object) -> None:
    audit.record(webhook.brand_id, actor, action, "webhook", webhook.pk, detail=detail)
