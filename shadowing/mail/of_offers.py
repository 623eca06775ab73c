"""What the mail says that offers a free place to somebody on the waiting list."""

from flask_babel import gettext, ngettext

from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you, sentences
from shadowing.models.facts import SeatOfferFacts


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
