"""Links that put a visit into a calendar on the web, under the title of its entry, without what a private visit hides. They tell
nobody whether it suits."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask_babel import gettext

from shadowing.extensions import settings
from shadowing.mail import text
from shadowing.mail.letters import Sender
from shadowing.models import Entry
from shadowing.views import language

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = ("https://outlook.office.com", "https://outlook.live.com")


@dataclass(frozen=True, slots=True)
class CalendarLink:
    name: str
    address: str


def elsewhere(entry: Entry, uid: str) -> tuple[CalendarLink, ...]:
    """The page of the entry stands for its description: an address is cut off where it grows too long."""
    said = text.calendar(entry, uid, language.reader(), Sender.of(settings()))
    shown = replace(entry, place="") if entry.private else entry
    work, private = (outlook(host, shown, said.summary, said.url) for host in OUTLOOK)
    return (
        CalendarLink(gettext("Google Calendar"), google(shown, said.summary, said.url)),
        CalendarLink(gettext("Outlook at work"), work),
        CalendarLink(gettext("Outlook.com"), private),
    )


def google(entry: Entry, summary: str, page: str) -> str:
    dates = "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (entry.leaves_at, entry.back_at))
    facts = {"action": "TEMPLATE", "text": summary, "dates": dates, "details": page, "location": entry.place}
    return f"{GOOGLE}?{urlencode(facts)}"


def outlook(host: str, entry: Entry, summary: str, page: str) -> str:
    facts = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": summary,
        "startdt": utc(entry.leaves_at),
        "enddt": utc(entry.back_at),
        "body": page,
        "location": entry.place,
    }
    return f"{host}/calendar/0/deeplink/compose?{urlencode(facts)}"


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
