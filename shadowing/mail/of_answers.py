"""What the mail says that confirms a no, or a wish for another time."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you
from shadowing.models import AnswerWay
from shadowing.models.facts import AnswerHeardFacts


def answer_heard(facts: AnswerHeardFacts, about: Writing) -> Content:
    entry, reader = facts.entry, about.reader
    subject, news, say = _words(facts, reader)
    return Content(
        subject=subject,
        kick=about.round,
        news=news,
        say=(
            say,
            gettext(
                "If this was not you, or you changed your mind, take it back on your page as long as the visit is yours."
            ),
        ),
        facts=kept(
            visit_facts.when(entry, reader),
            visit_facts.what(entry),
            *visit_facts.people_in_short(entry, reader),
            Detail(gettext("You asked for"), _wish(facts, reader)),
            Detail(gettext("Heard by"), _way(facts)),
        ),
        button=gettext("Take it back"),
        notes=(gettext("If all is right, you need not do anything."), only_for_you()),
    )


def _words(facts: AnswerHeardFacts, reader: Reader) -> tuple[str, str, str]:
    """Subject, news and first sentence."""
    time = reader.short_moment(facts.entry.starts_at)
    if facts.another_time:
        return (
            gettext("Heard: you ask for another time than %(time)s", time=time),
            gettext("You ask for another time"),
            gettext("The people who run the round see your wish. Until they move the visit, it stays as it is."),
        )
    return (
        gettext("Heard: you cannot make it on %(time)s", time=time),
        gettext("You said that you cannot make it"),
        gettext("The people who run the round see it and look for the best way on."),
    )


def _wish(facts: AnswerHeardFacts, reader: Reader) -> str:
    wish = facts.another_time
    return reader.zoned(reader.span(wish.starts_at, wish.ends_at)) if wish else ""


def _way(facts: AnswerHeardFacts) -> str:
    return str(gettext("a mail from your calendar") if facts.way is AnswerWay.MAIL else gettext("your page"))
