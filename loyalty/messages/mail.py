"""One e-mail: text and HTML side by side, with the headers by which a mail program lets its reader leave."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from loyalty.errors import Invalid

_LOOKS = Environment(loader=FileSystemLoader(Path(__file__).parent / "looks"), autoescape=True, trim_blocks=False)
_BUTTON = re.compile(r"\[([^\]\n]{1,80})\]\((https?://[^\s()<>\"]{1,400})\)")
"""A line of its own, `[Words](https://…)`, is a button."""

_WHY_STAFF = {
    "en": "You get this because you work at {shop}.",
    "zh-Hant": "您是 {shop} 的職員，因此收到此郵件。",
    "zh-Hans": "您是 {shop} 的员工，因此收到此邮件。",
}
_WHY = {
    "en": ("You get this because you are a member of {shop}.", "Unsubscribe"),
    "zh-Hant": ("您是 {shop} 的會員，因此收到此訊息。", "取消訂閱"),
    "zh-Hans": ("您是 {shop} 的会员，因此收到此消息。", "退订"),
}


@dataclass(frozen=True)
class Parcel:
    """A message as a gateway gets it. `address`: e-mail address or E.164 number. `unsubscribe`: a link, or empty.

    `staff`: it is for somebody who works there. `files`: name and text of what comes with a mail, CSV.
    """

    id: str
    address: str
    name: str
    language: str
    subject: str
    body: str
    shop: str
    look: str = "plain"
    unsubscribe: str = ""
    staff: bool = False
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Part:
    lines: tuple[str, ...]
    text: str = ""
    link: str = ""


def text_of(parcel: Parcel) -> str:
    """The plain text: buttons become their address, and the way out stands at the end."""
    why, leave = _why(parcel)
    foot = why.format(shop=parcel.shop) + (f"\n{leave}: {parcel.unsubscribe}" if parcel.unsubscribe else "")
    body = _BUTTON.sub(r"\1: \2", parcel.body).strip()
    return f"{body}\n\n-- \n{foot}\n"


def html_of(parcel: Parcel) -> str:
    """The same for reading in colours: one column that fits a phone, no picture and nothing fetched from elsewhere."""
    why, leave = _why(parcel)
    return _LOOKS.get_template(f"{parcel.look}.html").render(
        lang=parcel.language, subject=parcel.subject, shop=parcel.shop, parts=_parts(parcel.body),
        why=why.format(shop=parcel.shop), leave=parcel.unsubscribe, leave_word=leave,
    )  # fmt: skip


def mail_of(parcel: Parcel, sender: str, now: datetime) -> EmailMessage:
    """The whole mail. The same message always has the same Message-ID, so that one that was sent twice is seen once.

    Invalid for addresses no mail can be sent to.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = _address(sender, ""), _address(parcel.address, parcel.name)
    mail["Subject"], mail["Date"] = " ".join(parcel.subject.split()), format_datetime(now)
    mail["Message-ID"] = f"<{parcel.id}@{_address(sender, '').domain}>"
    mail["Content-Language"] = parcel.language
    mail["Auto-Submitted"] = "auto-generated"
    if parcel.unsubscribe:
        mail["List-Unsubscribe"] = f"<{parcel.unsubscribe}>"
    if parcel.unsubscribe.startswith("https://"):  # RFC 8058, 3.1: one press only over HTTPS
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text_of(parcel), cte="base64")
    mail.add_alternative(html_of(parcel), subtype="html", cte="base64")
    for name, text in parcel.files:
        mail.add_attachment(text.encode(), maintype="text", subtype="csv", filename=name, params={"charset": "utf-8"})
    return mail


def _why(parcel: Parcel) -> tuple[str, str]:
    """Why somebody gets this, and the word of the way out."""
    why, leave = _WHY[parcel.language]
    return (_WHY_STAFF[parcel.language] if parcel.staff else why), leave


def _address(text: str, name: str) -> Address:
    said, plain = parseaddr(text)
    try:
        return Address(" ".join((name or said).split()), addr_spec=plain)
    except (ValueError, IndexError) as fault:
        raise Invalid(f"{text[:80]!r} is no e-mail address; correct it.") from fault


def _parts(body: str) -> list[_Part]:
    found = []
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines: list[str] = []
        for line in block.split("\n"):
            if button := _BUTTON.fullmatch(line.strip()):
                found += [_Part(tuple(lines))] if lines else []
                found.append(_Part((), button[1], button[2]))
                lines = []
            else:
                lines.append(line)
        found += [_Part(tuple(lines))] if lines else []
    return found
