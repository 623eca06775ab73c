"""What the mails say that go by themselves around a visit: to its guest, or to its host."""

from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you, sentences
from shadowing.models import Entry, LetterKind, Participation, Role
from shadowing.models.facts import BriefFacts, Card


def brief(facts: BriefFacts, about: Writing) -> Content:
    match about.letter.kind:
        case LetterKind.BRIEF:
            return week_before(facts, about)
        case LetterKind.AFTER_VISIT if not facts.reflects:
            return afterwards(facts, about)
        case LetterKind.AFTER_VISIT | LetterKind.REFLECT_AGAIN:
            return what_came_of_it(facts, about)
        case _:
            return shortly_before(facts, about)


def week_before(facts: BriefFacts, about: Writing) -> Content:
    entry, reader = facts.entry, about.reader
    said = {"time": reader.short_moment(entry.starts_at), "side": visit_facts.side(entry, reader)}
    guest = entry.role is Role.GUEST
    return Content(
        subject=gettext("Soon: %(time)s, %(side)s", **said),
        kick=gettext("Your visit comes closer") if guest else gettext("Your guest comes soon"),
        news=_news(entry, reader),
        say=(gettext("It is part of “%(round)s”.", round=about.round),),
        facts=(
            *visit_facts.every(entry, facts.contacts, reader),
            *kept(_goal(entry), _observes(entry)),
            *_card(facts.card),
        ),
        time=True,
        button=gettext("Open my visits"),
        notes=_notes(),
    )


def _news(entry: Entry, reader: Reader) -> str:
    time = reader.short_moment(entry.starts_at)
    if entry.role is Role.HOST:
        return str(gettext("On %(time)s: %(names)s", time=time, names=visit_facts.guests(entry, reader)))
    return str(gettext("On %(time)s: %(names)s", time=time, names=reader.people(entry.hosts)))


def _goal(entry: Entry) -> Detail | None:
    """The guest's own line, which their host has read."""
    goals = [guest.goal for guest in entry.guests] if entry.role is Role.GUEST else []
    return Detail(gettext("You want to see"), goals[0]) if goals else None


def _observes(entry: Entry) -> str | None:
    if entry.participation is not Participation.OBSERVE:
        return None
    if entry.role is Role.GUEST:
        return str(gettext("You watch and ask; nothing else is expected of you."))
    return str(gettext("Your guests watch and ask; nothing else is expected of them."))


def _card(card: Card | None) -> tuple[Detail, ...]:
    if card is None:
        return ()
    return kept(
        Detail(gettext("What they do"), card.what),
        Detail(gettext("Their goal"), card.goal),
        Detail(gettext("Their figure, and how it feeds the goal of the company"), card.figure),
        Detail(gettext("What you both gain"), card.both),
        Detail(gettext("Words you will hear"), "\n".join(card.words)),
    )


# The day before, and the same morning


def shortly_before(facts: BriefFacts, about: Writing) -> Content:
    entry, reader = facts.entry, about.reader
    when = _day(about)
    said = {"day": when, "time": reader.clock(entry.starts_at), "side": visit_facts.side(entry, reader)}
    return Content(
        subject=gettext("%(day)s %(time)s: %(side)s", **said),
        kick=when,
        news=gettext("%(day)s at %(time)s: %(side)s", **said),
        facts=kept(
            visit_facts.when(entry, reader),
            visit_facts.place(entry),
            *visit_facts.people_in_short(entry, reader),
            visit_facts.contact(facts.contacts, reader),
            visit_facts.travel(entry, reader),
            Detail(gettext("Please prepare"), entry.preparation),
            *visit_facts.riding(replace(entry.riding, phone=facts.phone)),
            visit_facts.debrief(entry),
        ),
        time=True,
        button=gettext("Open my visits"),
        notes=_notes(),
    )


def _day(about: Writing) -> str:
    """The day of the visit as it is called on the day of the mail."""
    facts, reader = about.facts, about.reader
    assert isinstance(facts, BriefFacts)
    sent, day = (reader.local(moment).date() for moment in (about.letter.stamp, facts.entry.starts_at))
    if day == sent:
        return str(gettext("Today"))
    return str(gettext("Tomorrow")) if day - sent == timedelta(days=1) else reader.short_day(day)


def _notes() -> tuple[str, ...]:
    return sentences(gettext("If it does not suit you any more, please say so on the page at once."), only_for_you())


# Afterwards


def afterwards(facts: BriefFacts, about: Writing) -> Content:
    entry, reader = facts.entry, about.reader
    said = {"time": reader.short_moment(entry.starts_at), "side": visit_facts.side(entry, reader)}
    return Content(
        subject=gettext("Did it take place? %(time)s, %(side)s", **said),
        kick=gettext("Your visit is over"),
        news=gettext("Did it take place?"),
        say=(gettext("Please tell us on the page. One press is enough."),),
        facts=kept(visit_facts.when(entry, reader), *visit_facts.people_in_short(entry, reader)),
        time=True,
        button=gettext("Open my visits"),
        notes=(only_for_you(),),
    )


def what_came_of_it(facts: BriefFacts, about: Writing) -> Content:
    """Also its one reminder."""
    entry, reader, guest = facts.entry, about.reader, facts.entry.role is Role.GUEST
    again = about.letter.kind is LetterKind.REFLECT_AGAIN
    said = {"time": reader.short_moment(entry.starts_at), "side": visit_facts.side(entry, reader)}
    subject = gettext("What came of it? %(time)s, %(side)s", **said)
    three = gettext("Please write on one page what you saw and what you bring back. It takes three minutes at most.")
    one = gettext("Please say whether it took place, and write your guest a line. It takes one minute.")
    who = gettext("You choose who may read it.") if guest else gettext("Your guest reads your line.")
    late = gettext("The page stays open for 30 days after the visit. No other reminder follows.")
    return Content(
        subject=gettext("Reminder: %(subject)s", subject=subject) if again else subject,
        kick=gettext("Your visit is over"),
        news=gettext("What came of it?"),
        say=sentences(three if guest else one, who, late if again else ""),
        facts=kept(visit_facts.when(entry, reader), *visit_facts.people_in_short(entry, reader)),
        time=True,
        button=gettext("Write what came of it"),
        notes=(only_for_you(),),
    )
