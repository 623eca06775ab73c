"""What the mails about one visit say, to its guest or to its host: the invitation and a change."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import of_cancellations, visit_facts
from shadowing.mail.content import Content, Detail, Writing, sentences
from shadowing.models import Entry, LetterKind, OpeningKind, Participation, Revision, Role, Rsvp
from shadowing.models.facts import VisitFacts


def visit(facts: VisitFacts, about: Writing) -> Content:
    match about.letter.kind:
        case LetterKind.CHANGE:
            return change(facts, about)
        case LetterKind.CANCEL:
            return of_cancellations.cancel(facts, about)
        case _:
            return request(facts, about)


def request(facts: VisitFacts, about: Writing) -> Content:
    revision, reader = facts.revision, about.reader
    entry = revision.entry
    time = reader.short_moment(entry.starts_at)
    return Content(
        subject=gettext("Invitation: %(time)s, %(side)s", time=time, side=visit_facts.side(entry, reader)),
        kick=_kick(entry),
        news=_news(entry, reader),
        say=(gettext("It is part of “%(round)s”.", round=about.round),),
        facts=visit_facts.every(entry, facts.contacts, reader),
        time=True,
        button=_button(entry),
        notes=_notes(revision, about.attached),
    )


def _kick(entry: Entry) -> str:
    if entry.role is Role.HOST:
        return str(gettext("You have a guest") if entry.firm else gettext("You may have a guest"))
    return str(
        gettext("Your visit is planned") if visit_facts.awaits_customer(entry) else gettext("Your visit is settled")
    )


def _news(entry: Entry, reader: Reader) -> str:
    hosts = {"names": reader.people(entry.hosts), "department": entry.department}
    if entry.role is Role.HOST:
        return str(gettext("%(names)s will visit you", names=visit_facts.guests(entry, reader)))
    if entry.kind is OpeningKind.DESK:
        return str(gettext("Take the seat beside %(names)s", **hosts))
    return str(gettext("Visit %(names)s in %(department)s", **hosts))


def _button(entry: Entry) -> str:
    return str(gettext("Say whether it suits me") if entry.rsvp is Rsvp.ASK else gettext("Open my visits"))


def _notes(revision: Revision, attached: bool) -> tuple[str, ...]:
    asks, hears = revision.entry.rsvp is Rsvp.ASK, bool(revision.hears) and attached
    return sentences(
        _please_answer(hears) if asks else _no_answer_needed(hears),
        gettext("Answers given inside a calendar program do not reach us.") if attached and not hears else "",
        gettext("The attached file is this same appointment. You need not open it.") if attached else "",
    )


def _please_answer(hears: bool) -> str:
    if hears:
        return str(gettext("Please answer in your calendar, or tell us on the page whether it suits you."))
    return str(gettext("Please tell us on the page whether it suits you."))


def _no_answer_needed(hears: bool) -> str:
    if hears:
        return str(
            gettext("No answer is needed. If it does not suit you, decline in your calendar or tell us on the page.")
        )
    return str(gettext("No answer is needed. If it does not suit you, please tell us on the page."))


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
        facts=visit_facts.every(entry, facts.contacts, reader),
        time=True,
        button=gettext("See the new appointment") if entry.rsvp is not Rsvp.ASK or revision.minor else _button(entry),
        notes=_notes(revision, about.attached),
    )


def _subject_of_change(facts: VisitFacts, reader: Reader) -> str:
    revision = facts.revision
    entry, before = revision.entry, revision.before
    said = {"time": reader.short_moment(entry.starts_at), "side": visit_facts.side(entry, reader)}
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
        if before.firm != entry.firm:
            return _customers_word(entry), gettext("The visit on %(time)s", time=time)
        if _unmasked(revision):
            return gettext("Thank you: now you read whom you visit"), gettext("The visit on %(time)s", time=time)
        if before.place == entry.place:
            return gettext("Details have changed"), gettext("The visit on %(time)s", time=time)
        place = gettext("Now at %(place)s", place=entry.place) if entry.place else gettext("The place is open again")
        return gettext("The place has changed"), place
    news = gettext("Now on %(time)s", time=time)
    if before.place != entry.place:
        return gettext("Time and place have changed"), news
    return gettext("The time has changed"), news


def _unmasked(revision: Revision) -> bool:
    """Whether a guest reads only now which customer they go to: what they knew before is no news."""
    return revision.was is not None and revision.was.masked and not revision.entry.masked


def _customers_word(entry: Entry) -> str:
    return str(
        gettext("The customer has agreed: your visit is settled")
        if entry.firm
        else gettext("The customer is asked again: your visit is only planned")
    )


def _before(facts: VisitFacts, reader: Reader) -> tuple[Detail, ...]:
    """Each thing that is another one now, as it was."""
    revision = facts.revision
    entry, was, before = revision.entry, revision.was, revision.before
    found = []
    if before is not None and (before.starts_at, before.ends_at) != (entry.starts_at, entry.ends_at):
        found.append(Detail(gettext("When"), reader.zoned(reader.span(before.starts_at, before.ends_at))))
    if before is not None and before.place != entry.place and not _unmasked(revision):
        found.append(Detail(gettext("Place"), before.place or gettext("still open")))
    if was is not None:
        found += _other_details(was, entry, reader)
    return tuple(found)


def _other_details(was: Entry, entry: Entry, reader: Reader) -> list[Detail]:
    found = []
    if was.title != entry.title and not was.masked:
        found.append(visit_facts.what(was))
    if was.others != entry.others:
        names = reader.people(was.hosts) if was.role is Role.GUEST else visit_facts.guests(was, reader)
        found.append(Detail(gettext("Host") if was.role is Role.GUEST else gettext("Guest"), names))
    if was.preparation != entry.preparation and not was.masked:
        found.append(Detail(gettext("Please prepare"), was.preparation or gettext("nothing")))
    if was.debrief_minutes != entry.debrief_minutes:
        found.append(Detail(gettext("Afterwards"), gettext("%(minutes)s minutes", minutes=was.debrief_minutes)))
    if was.participation is not entry.participation:
        takes_part = was.participation is Participation.TAKE_PART
        part = gettext("Guests take part and do something themselves") if takes_part else gettext("Guests watch")
        found.append(Detail(gettext("On the day"), part))
    return found
