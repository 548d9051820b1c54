"""E-mail by SMTP: a message at a time on one connection, refused for now, for good, or for its address.

What was said before the final dot was taken has not gone; once the text is on its way and the connection
breaks, nobody knows (RFC 5321, 4.5.3.2: the server may have taken it).
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from hashlib import blake2b
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.messaging.channels import Capabilities, ChannelDown, Fate, Parcel, Result
from guanxi.messaging.settings import Smtp, smtp
from guanxi.messaging.wordings import Form
from guanxi.platform.audit import blanked

LONGEST: Final = 50_000
_NO_SUCH: Final = frozenset({550, 551, 553})  # of a recipient, where no enhanced status says otherwise
_ENHANCED: Final = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CLOSING: Final = 421
# Text in 7 bits, for servers without 8BITMIME.
_POLICY: Final = SMTP.clone(cte_type="7bit")
# An address too long for a line is put on the next, which not every mailbox provider reads.
_FOLDED: Final = re.compile(rb"^(List-Unsubscribe:)\s+<", re.MULTILINE)


class Mail:
    name = "email"
    label = say("E-mail")
    capabilities = Capabilities(
        address="email",
        consent="email",
        form=Form(most_chars=LONGEST, has_subject=True, has_html=True, refusable_by_link=True),
        at_once=1,
    )

    @property
    def ready(self) -> bool:
        chosen = smtp()
        return bool(chosen.host and chosen.sender)

    @contextmanager
    def open(self) -> Iterator[Connection]:
        chosen = smtp()
        client = _connected(chosen)
        try:
            yield Connection(client, chosen)
        finally:
            try:
                client.quit()
            except (smtplib.SMTPException, OSError):
                client.close()


class Connection:
    """An open connection, until it breaks."""

    def __init__(self, client: smtplib.SMTP, chosen: Smtp) -> None:
        self._client, self._chosen = client, chosen
        self._broken = False

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        return [self._send(parcel) for parcel in parcels]

    def _send(self, parcel: Parcel) -> Result:
        if self._broken:
            raise ChannelDown("disconnected")
        try:
            written = composed(parcel, self._chosen.sender)
            content = _FOLDED.sub(rb"\1 <", written.as_bytes(), count=1)
            parcel.address.encode("ascii")
        except UnicodeEncodeError:
            return Result(Fate.ADDRESS, "address_bad")
        except (ValueError, IndexError) as error:
            return Result(Fate.REFUSED, "not_writable", type(error).__name__)
        if refused := self._announced(parcel.address):
            return refused
        return self._handed_over(content, str(written["Message-ID"]))

    def _announced(self, address: str) -> Result | None:
        """What stands against it before the text is on its way; None for nothing."""
        try:
            code, said = self._client.mail(self._chosen.sender)
            if code >= 500:  # it is us who are refused, and would be with the next
                raise ChannelDown("sender_refused", _told(code, said))
            if code < 300:
                code, said = self._client.rcpt(address)
                if code < 300:
                    return None
            self._check_open(code, said)
            self._client.rset()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._broken = True
            raise ChannelDown("disconnected", type(error).__name__) from None
        return judged(code, said, of_recipient=True)

    def _handed_over(self, content: bytes, message_id: str) -> Result:
        try:
            code, said = self._client.data(content)
        except smtplib.SMTPDataError as refused:
            code, answer = refused.smtp_code, refused.smtp_error
            said = answer if isinstance(answer, bytes) else answer.encode()
        except (smtplib.SMTPException, OSError) as error:
            self._broken = True
            return Result(Fate.UNKNOWN, "unknown_outcome", type(error).__name__)
        if code < 300:
            return Result(Fate.SENT, provider_id=message_id)
        if code == _CLOSING:
            self._broken = True
        return judged(code, said, of_recipient=False)

    def _check_open(self, code: int, said: bytes) -> None:
        if code == _CLOSING:
            self._broken = True
            raise ChannelDown("closing", _told(code, said))


def judged(code: int, said: bytes, *, of_recipient: bool) -> Result:
    """What a refusal means. 4xx is for now, 5xx for good (RFC 5321, 4.2.1); the address is none by a status
    5.1.x (RFC 3463), or where there is no such status by 550, 551 or 553 to the recipient."""
    told = _told(code, said)
    if code < 500:
        return Result(Fate.LATER, f"smtp_{code}", told)
    status = _ENHANCED.search(said)
    nobody = status[2] == b"1" if status else of_recipient and code in _NO_SUCH
    return Result(Fate.ADDRESS if nobody else Fate.REFUSED, f"smtp_{code}", told)


def composed(parcel: Parcel, sender: str) -> EmailMessage:
    """The mail. Its Message-ID is made from the message's key, so that two attempts at one are one to who
    looks. Raises ValueError for what no header holds."""
    domain = sender.rpartition("@")[2]
    digest = blake2b(f"{parcel.brand_id}:{parcel.key}".encode(), digest_size=16).hexdigest()
    written = EmailMessage(policy=_POLICY)
    written["From"] = Address(parcel.sender, addr_spec=sender)
    written["To"] = Address(addr_spec=parcel.address)
    written["Subject"] = parcel.rendered.subject
    written["Date"] = formatdate(now_ms() / 1000)
    written["Message-ID"] = f"<{digest}@{domain}>"
    written["Content-Language"] = parcel.rendered.language.replace("zh-hans", "zh-Hans")
    if parcel.unsubscribe_url:
        written["List-Unsubscribe"] = f"<{parcel.unsubscribe_url}>"
        written["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written.set_content(parcel.rendered.text)
    if parcel.rendered.html:
        written.add_alternative(parcel.rendered.html, subtype="html")
    return written


def _connected(chosen: Smtp) -> smtplib.SMTP:
    """Signed in. Raises ChannelDown."""
    here = chosen.sender.rpartition("@")[2] or "localhost"
    try:
        if chosen.tls == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.host,
                chosen.port,
                local_hostname=here,
                timeout=chosen.seconds,
                context=ssl.create_default_context(),
            )
        else:
            client = smtplib.SMTP(chosen.host, chosen.port, local_hostname=here, timeout=chosen.seconds)
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelDown("no_connection", type(error).__name__) from None
    try:
        if chosen.tls == "starttls":
            client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
        if chosen.user:
            client.login(chosen.user, chosen.password)
    except smtplib.SMTPAuthenticationError as error:
        client.close()
        raise ChannelDown("sign_in", _told(error.smtp_code, error.smtp_error)) from None
    except (smtplib.SMTPException, OSError) as error:
        client.close()
        raise ChannelDown(
            "no_tls" if chosen.tls == "starttls" else "no_greeting", type(error).__name__
        ) from None
    return client


def _told(code: int, said: bytes | str) -> str:
    """A server's words, rid of addresses."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"{code} {blanked(' '.join(shown.split()))}"[:200]
