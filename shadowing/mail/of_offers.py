"""What the mails say of a free place: that it is offered to somebody on the waiting list, or that HR did not agree to it."""

from flask_babel import gettext, ngettext

from shadowing.i18n import Reader
from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you, sentences
from shadowing.models.facts import PlaceRefusedFacts, SeatOfferFacts


def seat_offer(facts: SeatOfferFacts, about: Writing) -> Content:
    entry, reader = facts.entry, about.reader
    until = reader.short_moment(facts.until)
    return Content(
        subject=gettext(
            "A place is free: %(time)s, %(side)s, until %(until)s",
            time=reader.short_moment(entry.starts_at),
            side=visit_facts.side(entry, reader),
            until=until,
        ),
        kick=about.round,
        news=gettext("A place is free for you"),
        say=sentences(
            gettext("A place in “%(round)s” has become free, at a time at which you are free too.", round=about.round),
            _others(facts.others),
        ),
        facts=kept(
            visit_facts.when(entry, reader),
            visit_facts.place(entry),
            visit_facts.what(entry),
            *visit_facts.people_in_short(entry, reader),
            Detail(gettext("Take it by"), reader.zoned(reader.moment(facts.until))),
        ),
        time=True,
        button=gettext("Look at the place"),
        notes=sentences(
            gettext("It is not yours yet: you take it by a press on your page."),
            gettext("If it does not suit you, you need not do anything. You lose nothing by it."),
            only_for_you(),
        ),
    )


def _others(others: int) -> str:
    if not others:
        return str(gettext("Nobody else is asked at the same time."))
    return str(
        ngettext(
            "%(num)d other person is asked at the same time. Who presses first has it.",
            "%(num)d other people are asked at the same time. Who presses first has it.",
            others,
        )
    )


def place_refused(facts: PlaceRefusedFacts, about: Writing) -> Content:
    """It names no reason, since HR gives none, and the ways on."""
    reader, declined = about.reader, facts.declined
    asked = reader.span(facts.starts_at, facts.ends_at)
    return Content(
        subject=gettext(
            "Not possible: %(time)s, %(department)s",
            time=reader.short_moment(facts.starts_at),
            department=facts.department,
        ),
        kick=about.round,
        news=gettext("You do not get the place that you asked for"),
        say=sentences(
            gettext("The people who run the round did not agree to the time for which you asked."),
            gettext(
                "Your page shows the other times that suit you, the host and the rules of the round, if there are any."
            ),
        ),
        facts=kept(
            Detail(gettext("You asked for"), reader.zoned(asked)),
            Detail(gettext("Department"), facts.department),
            Detail(gettext("Instead of"), reader.zoned(reader.span(declined.starts_at, declined.ends_at))),
        ),
        button=gettext("See other possible times"),
        notes=sentences(
            _no(facts, reader),
            gettext("Nothing changes in your calendar."),
            only_for_you(),
        ),
    )


def _no(facts: PlaceRefusedFacts, reader: Reader) -> str:
    time = reader.short_moment(facts.declined.starts_at)
    return str(gettext("You have declined the visit at %(time)s, and that stands.", time=time)) if facts.stands else ""
