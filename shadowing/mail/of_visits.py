"""What the mails about one visit say, to its guest or to its host: the invitation, a change, a cancellation."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import reasons
from shadowing.mail.content import Content, Detail, Writing, kept, sentences
from shadowing.models import Entry, LetterKind, OpeningKind, Participation, Parting, Role, Rsvp, VisitFacts, Why
from shadowing.models.words import OPENING_KINDS


def visit(facts: VisitFacts, about: Writing) -> Content:
    match about.letter.kind:
        case LetterKind.CHANGE:
            return change(facts, about)
        case LetterKind.CANCEL:
            return cancel(facts, about)
        case _:
            return request(facts, about)


def request(facts: VisitFacts, about: Writing) -> Content:
    entry, reader = facts.revision.entry, about.reader
    guest = entry.role is Role.GUEST
    time = reader.short_moment(entry.starts_at)
    return Content(
        subject=gettext("Invitation: %(time)s, %(side)s", time=time, side=_side(entry, reader)),
        kick=gettext("Your visit is settled") if guest else gettext("You have a guest"),
        news=_news(entry, reader),
        say=(gettext("It is part of “%(round)s”.", round=about.round),),
        facts=_facts(facts, reader),
        time=True,
        button=_button(entry),
        notes=_notes(entry, about.attached),
    )


def _side(entry: Entry, reader: Reader) -> str:
    """Whose side the reader will be at, as a subject says it."""
    hosts = {"names": reader.people(entry.hosts), "department": entry.department}
    if entry.role is Role.HOST:
        return str(gettext("visit from %(names)s", names=_guests(entry, reader)))
    if entry.kind is OpeningKind.DESK:
        return str(gettext("beside %(names)s in %(department)s", **hosts))
    return str(gettext("visit to %(names)s in %(department)s", **hosts))


def _news(entry: Entry, reader: Reader) -> str:
    hosts = {"names": reader.people(entry.hosts), "department": entry.department}
    if entry.role is Role.HOST:
        return str(gettext("%(names)s will visit you", names=_guests(entry, reader)))
    if entry.kind is OpeningKind.DESK:
        return str(gettext("Take the seat beside %(names)s", **hosts))
    return str(gettext("Visit %(names)s in %(department)s", **hosts))


def _guests(entry: Entry, reader: Reader) -> str:
    return reader.people([guest.name for guest in entry.guests])


def _button(entry: Entry) -> str:
    return str(gettext("Say whether it suits me") if entry.rsvp is Rsvp.ASK else gettext("Open my visits"))


def _notes(entry: Entry, attached: bool) -> tuple[str, ...]:
    return sentences(
        gettext("Please tell us on the page whether it suits you.")
        if entry.rsvp is Rsvp.ASK
        else gettext("No answer is needed. If it does not suit you, please tell us on the page."),
        gettext("Answers given inside a calendar program do not reach us.") if attached else "",
        gettext("The attached file is this same appointment. You need not open it.") if attached else "",
    )


# The facts of a visit


def _facts(facts: VisitFacts, reader: Reader) -> tuple[Detail, ...]:
    entry = facts.revision.entry
    guest = entry.role is Role.GUEST
    takes_part = entry.participation is Participation.TAKE_PART
    return kept(
        _when(entry, reader),
        _place(entry),
        _what(entry),
        Detail(gettext("Department"), entry.department),
        *_people(entry, reader),
        _contact(facts, reader),
        _travel(entry),
        Detail(gettext("Please prepare"), entry.preparation),
        gettext("You take part and do something yourself.") if takes_part and guest else None,
        gettext("Your guests take part and do something themselves.") if takes_part and not guest else None,
        gettext("Please keep what you see and hear to yourself.") if entry.confidential else None,
    )


def _when(entry: Entry, reader: Reader) -> Detail:
    return Detail(gettext("When"), reader.zoned(reader.span(entry.starts_at, entry.ends_at)))


def _place(entry: Entry) -> Detail:
    """Also while it is open: a reader without a place looks for it in vain."""
    ask = (
        gettext("still open: please ask your host")
        if entry.role is Role.GUEST
        else gettext("still open: please tell your guest")
    )
    return Detail(gettext("Place"), entry.place or ask)


def _what(entry: Entry) -> Detail:
    kind = gettext(OPENING_KINDS[entry.kind])
    return Detail(gettext("What"), f"{kind} – {entry.title}" if entry.title else kind)


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


def _contact(facts: VisitFacts, reader: Reader) -> Detail:
    """Where the other side is reached on the day; of several with their names."""
    several = len(facts.contacts) > 1
    lines = [f"{reader.people([one.name])} {one.email}" if several else one.email for one in facts.contacts]
    return Detail(gettext("Contact"), "\n".join(lines))


def _travel(entry: Entry) -> Detail | None:
    if not entry.travel_minutes:
        return None
    minutes = gettext("%(minutes)s minutes before and after the visit", minutes=entry.travel_minutes)
    return Detail(gettext("Travel"), minutes)


# A change


def change(facts: VisitFacts, about: Writing) -> Content:
    revision, reader = facts.revision, about.reader
    entry, before = revision.entry, _before(facts, reader)
    rest = "" if revision.minor or len(before) != 1 else gettext("Everything else stays as it was.")
    minor = gettext("Time and place stay as they were, and so does your answer.") if revision.minor else ""
    kick, news = _changed(facts, reader)
    return Content(
        subject=_subject_of_change(facts, reader),
        kick=kick,
        news=news,
        say=sentences(gettext("It is about a visit in “%(round)s”.", round=about.round), minor or rest),
        before=before,
        facts=_facts(facts, reader),
        time=True,
        button=gettext("See the new appointment") if entry.rsvp is not Rsvp.ASK or revision.minor else _button(entry),
        notes=_notes(entry, about.attached),
    )


def _subject_of_change(facts: VisitFacts, reader: Reader) -> str:
    revision = facts.revision
    entry, before = revision.entry, revision.before
    said = {"time": reader.short_moment(entry.starts_at), "side": _side(entry, reader)}
    if revision.minor:
        return str(gettext("Update: %(time)s, %(side)s", **said))
    if before is None or before.starts_at == entry.starts_at:
        return str(gettext("Change: %(time)s, %(side)s", **said))
    old, new = reader.local(before.starts_at).date(), reader.local(entry.starts_at).date()
    was = reader.clock(before.starts_at) if old == new else reader.short_day(old)
    return str(gettext("Change: %(time)s, %(side)s (was %(before)s)", **said, before=was))


def _changed(facts: VisitFacts, reader: Reader) -> tuple[str, str]:
    """What happened, and what holds now."""
    revision = facts.revision
    entry, before = revision.entry, revision.before
    time = reader.short_moment(entry.starts_at)
    if before is None or revision.minor:
        return gettext("Details have changed"), gettext("The visit on %(time)s", time=time)
    if (before.starts_at, before.ends_at) == (entry.starts_at, entry.ends_at):
        place = gettext("Now at %(place)s", place=entry.place) if entry.place else gettext("The place is open again")
        return gettext("The place has changed"), place
    news = gettext("Now on %(time)s", time=time)
    if before.place != entry.place:
        return gettext("Time and place have changed"), news
    return gettext("The time has changed"), news


def _before(facts: VisitFacts, reader: Reader) -> tuple[Detail, ...]:
    """Each thing that is another one now, as it was."""
    revision = facts.revision
    entry, was, before = revision.entry, revision.was, revision.before
    found = []
    if before is not None and (before.starts_at, before.ends_at) != (entry.starts_at, entry.ends_at):
        found.append(Detail(gettext("When"), reader.zoned(reader.span(before.starts_at, before.ends_at))))
    if before is not None and before.place != entry.place:
        found.append(Detail(gettext("Place"), before.place or gettext("still open")))
    if was is not None:
        found += _other_details(was, entry, reader)
    return tuple(found)


def _other_details(was: Entry, entry: Entry, reader: Reader) -> list[Detail]:
    found = []
    if was.title != entry.title:
        found.append(_what(was))
    if was.others != entry.others:
        names = reader.people(was.hosts) if was.role is Role.GUEST else _guests(was, reader)
        found.append(Detail(gettext("Host") if was.role is Role.GUEST else gettext("Guest"), names))
    if was.preparation != entry.preparation:
        found.append(Detail(gettext("Please prepare"), was.preparation or gettext("nothing")))
    if was.participation is not entry.participation:
        takes_part = was.participation is Participation.TAKE_PART
        part = gettext("Guests take part and do something themselves") if takes_part else gettext("Guests watch")
        found.append(Detail(gettext("On the day"), part))
    return found


# A cancellation


def cancel(facts: VisitFacts, about: Writing) -> Content:
    entry, reader = facts.revision.entry, about.reader
    parting = facts.parting or Parting()
    said = {"time": reader.short_moment(entry.starts_at), "side": _side(entry, reader)}
    elsewhere = parting.why is Why.ADDRESS
    visit = kept(_when(entry, reader), *_people_in_short(entry, reader))
    return Content(
        subject=gettext("Goes to your new address: %(time)s, %(side)s", **said)
        if elsewhere
        else gettext("Called off: %(time)s, %(side)s", **said),
        kick=gettext("Another address") if elsewhere else gettext("Called off"),
        news=_news_of_cancellation(parting, entry, reader),
        say=sentences(_why(parting), parting.words, *_what_comes(parting)),
        before=() if elsewhere else visit,
        facts=visit if elsewhere else _instead(parting, reader),
        time=elsewhere or parting.instead is not None,
        button=gettext("See my new visit") if parting.instead else gettext("Open my page"),
        notes=(gettext("It is about a visit in “%(round)s”.", round=about.round),),
    )


def _news_of_cancellation(parting: Parting, entry: Entry, reader: Reader) -> str:
    if parting.instead:
        return str(gettext("Your visit is now on %(time)s", time=reader.short_moment(parting.instead.starts_at)))
    if parting.why is Why.ADDRESS:
        return str(gettext("The visit stands; its mails go to your new address"))
    return str(gettext("There is no visit on %(day)s", day=reader.short_day(reader.local(entry.starts_at).date())))


def _why(parting: Parting) -> str:
    reason = {
        Why.DECLINED: gettext("You told us that it does not suit you."),
        Why.AWAY: gettext("As far as we know, you are not there at that time."),
        Why.ADDRESS: gettext("Your mail address is another one now: %(address)s", address=parting.address),
        Why.ROUND: gettext("The whole round is called off."),
        Why.DATE: gettext("This date was called off."),
        Why.WITHDRAWN: gettext("This seat is not offered any more."),
        Why.HOST_GONE: gettext("Your host cannot be there at the time of your visit any more."),
        Why.NOT_HOST: gettext("You do not host it any more."),
        Why.NO_GUEST: gettext("Nobody comes to it any more."),
        Why.OTHER: gettext("The people who run the round have changed the plan."),
    }
    return reason[parting.why] if not parting.code else reasons.why(parting.code, gettext)


def _what_comes(parting: Parting) -> list[str]:
    if parting.instead:
        return [gettext("You have another visit instead. A mail of its own invites you to it.")]
    if parting.first_next_time:
        return [
            gettext("You need not do anything."),
            gettext(
                "In your next round a visit for you counts more than one for somebody who had a visit, because you have none"
                " in this one."
            ),
        ]
    return [gettext("You need not do anything.")]


def _people_in_short(entry: Entry, reader: Reader) -> tuple[Detail, ...]:
    if entry.role is Role.HOST:
        return (Detail(gettext("Guest"), _guests(entry, reader)),)
    return Detail(gettext("Department"), entry.department), Detail(gettext("Host"), reader.people(entry.hosts))


def _instead(parting: Parting, reader: Reader) -> tuple[Detail, ...]:
    new = parting.instead
    return kept(_when(new, reader), _place(new), _what(new), *_people_in_short(new, reader)) if new else ()
