"""The facts of one visit, as the mails about it say them: to its guest, or to its host."""

from collections.abc import Sequence

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail.content import Detail, kept
from shadowing.models import Contact, Entry, OpeningKind, Participation, Riding, Role
from shadowing.models.words import OPENING_KINDS


def every(entry: Entry, contacts: Sequence[Contact], reader: Reader) -> tuple[Detail, ...]:
    guest = entry.role is Role.GUEST
    takes_part = entry.participation is Participation.TAKE_PART
    return kept(
        when(entry, reader),
        place(entry),
        what(entry),
        department(entry),
        *_people(entry, reader),
        contact(contacts, reader),
        travel(entry, reader),
        Detail(gettext("Please prepare"), entry.preparation),
        *riding(entry.riding),
        debrief(entry),
        gettext("You take part and do something yourself.") if takes_part and guest else None,
        gettext("Your guests take part and do something themselves.") if takes_part and not guest else None,
        gettext("Please keep what you see and hear to yourself.") if entry.confidential else None,
        _customer(entry),
    )


def _customer(entry: Entry) -> str | None:
    if not awaits_customer(entry):
        promise = gettext("Please promise on your page that you keep to yourself whom you visit. Then you read it.")
        return str(promise) if entry.masked else None
    if entry.role is Role.HOST:
        return str(gettext("The customer has not agreed yet. Until you say so on your page, your guest reads no name."))
    return str(gettext("The customer has not agreed yet. If they do not, you are told."))


def awaits_customer(entry: Entry) -> bool:
    """A guest reads the title of a ride-along, which may name the customer, from the customer's yes on; letters from before
    migration 0090 tell it by that alone."""
    untold = entry.kind is OpeningKind.RIDE_ALONG and entry.role is Role.GUEST and not entry.title
    return (untold and entry.promised) or not entry.firm


def when(entry: Entry, reader: Reader) -> Detail:
    return Detail(gettext("When"), reader.zoned(reader.span(entry.starts_at, entry.ends_at)))


def place(entry: Entry) -> Detail:
    """Also while it is open: a reader without a place looks for it in vain."""
    if not entry.firm and entry.role is Role.GUEST:
        return Detail(gettext("Place"), entry.place or gettext("told once the customer has agreed"))
    if entry.masked:
        return Detail(gettext("Place"), gettext("told once you have promised to keep it to yourself"))
    ask = (
        gettext("still open: please ask your host")
        if entry.role is Role.GUEST
        else gettext("still open: please tell your guest")
    )
    return Detail(gettext("Place"), entry.place or ask)


def what(entry: Entry) -> Detail:
    kind = gettext(OPENING_KINDS[entry.kind])
    return Detail(gettext("What"), f"{kind} – {entry.title}" if entry.title else kind)


def department(entry: Entry) -> Detail:
    return Detail(gettext("Department"), entry.department)


def _people(entry: Entry, reader: Reader) -> list[Detail]:
    if entry.role is Role.GUEST:
        return [Detail(gettext("Host"), reader.people(entry.hosts))]
    found = []
    for guest in entry.guests:
        name = reader.people([guest.name])
        found += [
            Detail(gettext("Guest"), gettext("%(name)s, %(department)s", name=name, department=guest.department)),
            Detail(gettext("Wants to see"), guest.goal),
        ]
    return found


def contact(contacts: Sequence[Contact], reader: Reader) -> Detail:
    """Where the other side is reached on the day; of several with their names."""
    several = len(contacts) > 1
    lines = [f"{reader.people([one.name])} {one.email}" if several else one.email for one in contacts]
    return Detail(gettext("Contact"), "\n".join(lines))


def travel(entry: Entry, reader: Reader) -> Detail | None:
    if not entry.travel_minutes:
        return None
    minutes = gettext("%(minutes)s minutes before and after the visit", minutes=entry.travel_minutes)
    if not entry.way_minutes:
        return Detail(gettext("Travel"), minutes)
    said = {"leave": reader.short_moment(entry.leaves_at), "back": reader.short_moment(entry.back_at)}
    return Detail(gettext("Travel"), gettext("Leave at %(leave)s, back at %(back)s", **said))


def riding(said: Riding) -> tuple[Detail, ...]:
    """What is said of the way to a customer and of the hour there."""
    cards = {True: gettext("Please bring some"), False: gettext("None are needed"), None: ""}[said.cards]
    return kept(
        Detail(gettext("Meeting point"), said.meeting_point),
        Detail(gettext("Who drives"), said.driver),
        Detail(gettext("Seats in the car"), str(said.car_seats or "")),
        Detail(gettext("What to wear"), said.dress),
        Detail(gettext("Business cards"), cards),
        Detail(gettext("What the guest does there"), said.guest_does),
        Detail(gettext("What the customer knows"), said.customer_knows),
        Detail(gettext("Phone of the host"), said.phone),
    )


def debrief(entry: Entry) -> str | None:
    if not entry.debrief_minutes:
        return None
    return str(gettext("Right afterwards %(minutes)s minutes to talk it over.", minutes=entry.debrief_minutes))


def people_in_short(entry: Entry, reader: Reader) -> tuple[Detail, ...]:
    if entry.role is Role.HOST:
        return (Detail(gettext("Guest"), guests(entry, reader)),)
    return department(entry), Detail(gettext("Host"), reader.people(entry.hosts))


def side(entry: Entry, reader: Reader) -> str:
    """Whose side the reader will be at, as a subject says it."""
    hosts = {"names": reader.people(entry.hosts), "department": entry.department}
    if entry.role is Role.HOST:
        return str(gettext("visit from %(names)s", names=guests(entry, reader)))
    if entry.kind is OpeningKind.DESK:
        return str(gettext("beside %(names)s in %(department)s", **hosts))
    return str(gettext("visit to %(names)s in %(department)s", **hosts))


def guests(entry: Entry, reader: Reader) -> str:
    return reader.people([guest.name for guest in entry.guests])
