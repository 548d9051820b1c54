"""The verbs of messaging."""

from guanxi.messaging.blocking import lift
from guanxi.messaging.capping import set_caps
from guanxi.messaging.claiming import resume
from guanxi.messaging.inboxes import mark_read
from guanxi.messaging.queuing import queue
from guanxi.messaging.receiving import cancel, cancel_campaign, cancel_keys, confirm, receipts
from guanxi.messaging.sending import send_all
from guanxi.messaging.templating import archive as archive_template
from guanxi.messaging.templating import save as save_template
from guanxi.messaging.unsubscribing import opt_out, unsubscribe

__all__ = [
    "archive_template",
    "cancel",
    "cancel_campaign",
    "cancel_keys",
    "confirm",
    "lift",
    "mark_read",
    "opt_out",
    "queue",
    "receipts",
    "resume",
    "save_template",
    "send_all",
    "set_caps",
    "unsubscribe",
]
