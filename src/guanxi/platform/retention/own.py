"""What the platform itself keeps: sealed files, jobs that have ended, the audit log."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.wording import Wording, say
from guanxi.platform import audit_words, jobs, storage
from guanxi.platform.models import AuditEntry, Job, StoredFile
from guanxi.platform.retention.contracts import KEEPABLES, THREE_YEARS, Found, Keepable, Least
from guanxi.platform.retention.running import batch, counted, deleted
from guanxi.platform.storage import Purpose

JOBS: Final = "jobs"
AUDIT: Final = "audit"
FILES_AT_ONCE: Final = 50  # each is a file on disk as well


def _files(purpose: Purpose, label: Wording, goes: Wording) -> Keepable:
    key = f"files.{purpose}"

    def old(brand_id: int, before_ms: int) -> QuerySet[StoredFile]:
        return StoredFile.objects.filter(brand_id=brand_id, purpose=purpose, created_ms__lt=before_ms)

    def let_go(brand_id: int, before_ms: int, limit: int) -> int:
        rows = old(brand_id, before_ms).order_by("pk").values_list("pk", flat=True)
        numbers = list(rows[: min(limit, FILES_AT_ONCE)])
        if numbers:
            with batch(brand_id, key) as going:
                going.rows = StoredFile.objects.filter(pk__in=numbers).count()
                storage.forget(numbers)
        return len(numbers)

    def changed(brand_id: int, days: float | None) -> None:
        """What is there already ends by the new period."""
        mine = StoredFile.objects.filter(brand_id=brand_id, purpose=purpose)
        mine.update(expires_ms=F("created_ms") + round((days or 0) * DAY_MS))

    return Keepable(
        key=key,
        label=label,
        goes=goes,
        default=lambda: float(settings.FILE_DAYS[purpose]),
        may_stay=False,
        count=lambda brand_id, before_ms: counted(old(brand_id, before_ms), "created_ms"),
        let_go=let_go,
        changed=changed,
    )


def _ended_jobs(brand_id: int, before_ms: int) -> QuerySet[Job]:
    return Job.objects.filter(brand_id=brand_id, state__in=jobs.ENDED, finished_ms__lt=before_ms)


def _entries(brand_id: int, before_ms: int) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(brand_id=brand_id, at_ms__lt=before_ms)


def _count_jobs(brand_id: int, before_ms: int) -> Found:
    return counted(_ended_jobs(brand_id, before_ms), "finished_ms")


def _let_go_of_jobs(brand_id: int, before_ms: int, limit: int) -> int:
    return deleted(brand_id, JOBS, _ended_jobs(brand_id, before_ms), limit)


def _count_entries(brand_id: int, before_ms: int) -> Found:
    return counted(_entries(brand_id, before_ms), "at_ms")


def _let_go_of_entries(brand_id: int, before_ms: int, limit: int) -> int:
    return deleted(brand_id, AUDIT, _entries(brand_id, before_ms), limit)


def register() -> None:
    """Called once, at start-up."""
    uploaded = say("The file as it was uploaded, sealed. What was imported from it stays.")
    rejected = say("The rows of a file that were not taken, sealed. The import and its counts stay.")
    exported = say("Lists, segments and copies of a person's data that were taken out, sealed.")
    KEEPABLES.register(_files(Purpose.UPLOAD, say("Uploaded files"), uploaded))
    KEEPABLES.register(_files(Purpose.REJECTS, say("Rejected rows"), rejected))
    KEEPABLES.register(_files(Purpose.EXPORT, say("Exported files and copies"), exported))
    KEEPABLES.register(
        Keepable(
            key=JOBS,
            label=say("Jobs that have ended"),
            goes=say("What ran in the background, how it ended and what it answered."),
            least=Least(7, say("What failed over a holiday must still be seen.")),
            default=lambda: jobs.KEPT_DAYS,
            may_stay=False,
            count=_count_jobs,
            let_go=_let_go_of_jobs,
        )
    )
    KEEPABLES.register(
        Keepable(
            key=AUDIT,
            label=say("Audit log"),
            goes=say("Who did what and when, also who looked at whom."),
            least=Least(
                THREE_YEARS,
                say(
                    "Records of processing are kept for three years (PIPL 56), logs for six months "
                    "(网络安全法)."
                ),
            ),
            count=_count_entries,
            let_go=_let_go_of_entries,
            sources=("accesses",),
        )
    )
    audit_words.register(
        {
            "retention.changed": say("Period of retention changed"),
            "retention.run": say("Let go of after its period"),
        },
        {"retention": audit_words.Kind(say("Kind of data with a period"), "retention-kind")},
        {"days": say("days"), "row_count": say("rows")},
    )
