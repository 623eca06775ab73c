"""What the mails say of a swap of two visits: that it is proposed, that it waits for a host, and that it came to nothing."""

from flask_babel import gettext

from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you, sentences
from shadowing.models import Entry
from shadowing.models.swaps import SwapEndedFacts, SwapGuest, SwapOfferFacts, SwapState, SwapWaitsFacts


def swap_offer(facts: SwapOfferFacts, about: Writing) -> Content:
    """Without title and place of the other visit: until it is the reader's own, the page says as much as they may know."""
    reader, theirs = about.reader, facts.theirs
    return Content(
        subject=gettext(
            "A guest would like to swap visits: %(time)s, %(department)s, until %(until)s",
            time=reader.short_moment(theirs.starts_at),
            department=theirs.department,
            until=reader.short_moment(facts.until),
        ),
        kick=about.round,
        news=gettext("Would you like to swap your visit?"),
        say=sentences(
            gettext(
                "Another guest of “%(round)s” would like to have your visit, and gives you theirs for it.",
                round=about.round,
            ),
            gettext(
                "You are free at that time too, as far as we know. If you agree, a host or HR has to say yes as well."
            ),
        ),
        before=_visit(facts.yours, about),
        facts=kept(*_visit(theirs, about), Detail(gettext("Answer by"), reader.zoned(reader.moment(facts.until)))),
        time=True,
        button=gettext("Look at the swap"),
        notes=sentences(
            gettext("Until all have said yes you keep your visit as it is."),
            gettext("If it does not suit you, you need not do anything. You lose nothing by it."),
            only_for_you(),
        ),
    )


def _visit(entry: Entry, about: Writing) -> tuple[Detail, ...]:
    return kept(
        visit_facts.when(entry, about.reader),
        visit_facts.department(entry),
        Detail(gettext("Host"), about.reader.people(entry.hosts)),
    )


def swap_waits(facts: SwapWaitsFacts, about: Writing) -> Content:
    """To a host, of whom one yes is enough."""
    reader = about.reader
    until = reader.moment(facts.until)
    return Content(
        subject=gettext(
            "Please answer until %(until)s: guests would like to swap", until=reader.short_moment(facts.until)
        ),
        kick=about.round,
        news=gettext("Guests of yours would like to swap"),
        say=sentences(
            gettext("Both guests said yes, and no rule of “%(round)s” is against it.", round=about.round),
            gettext("One more yes is needed: yours, that of another host or that of HR. Who answers first decides."),
        ),
        facts=kept(*(_guest(one, about) for one in facts.guests), Detail(gettext("Answer by"), reader.zoned(until))),
        button=gettext("Look at the swap"),
        notes=sentences(
            gettext("If you say yes, they change places; times and places of the visits stay as they are."),
            gettext("If nobody answers, both visits stay as they are."),
            only_for_you(),
        ),
    )


def _guest(guest: SwapGuest, about: Writing) -> Detail:
    reader = about.reader
    who = gettext("%(name)s, %(department)s", name=reader.people([guest.name]), department=guest.department)
    visit = gettext("%(name)s, %(department)s", name=reader.span(guest.starts_at, guest.ends_at), department=guest.at)
    return Detail(gettext("Guest"), f"{who}\n{visit}")


def swap_ended(facts: SwapEndedFacts, about: Writing) -> Content:
    reader, entry = about.reader, facts.yours
    return Content(
        subject=gettext(
            "You keep your visit: %(time)s, %(department)s",
            time=reader.short_moment(entry.starts_at),
            department=entry.department,
        ),
        kick=about.round,
        news=gettext("You keep the visit that you have"),
        say=sentences(
            gettext("The swap that you proposed came to nothing.")
            if facts.proposed
            else gettext("The swap to which you agreed came to nothing."),
            _why(facts.state),
        ),
        facts=_visit(entry, about),
        time=True,
        button=gettext("My visits"),
        notes=sentences(gettext("Nothing changes in your calendar."), only_for_you()),
    )


def _why(state: SwapState) -> str:
    """Nobody is named who said no."""
    words = {
        SwapState.REFUSED: gettext("It did not suit everybody who had to say yes."),
        SwapState.LAPSED: gettext("Not everybody who had to say yes answered in time."),
        SwapState.TAKEN_BACK: gettext("The guest who proposed it thought better of it."),
        SwapState.OVERTAKEN: gettext("Something has changed at one of the two visits meanwhile."),
    }
    return str(words.get(state, ""))
