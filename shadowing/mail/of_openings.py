"""What the mail says to a host about whose opening HR has done something."""

from flask_babel import gettext, ngettext

from shadowing.i18n import Reader
from shadowing.mail.content import Content, Detail, Writing, kept, only_for_you
from shadowing.models import Offered
from shadowing.models.facts import OfferedForFacts


def offered_for(facts: OfferedForFacts, about: Writing) -> Content:
    before, after, reader = facts.before, facts.after, about.reader
    now = after or before
    assert now
    subject, news, say = _words(facts, about, now.title)
    details = [_details(one, reader) if one else {} for one in (before, after)]
    changed = {name for name in details[0] if before and after and details[0][name] != details[1][name]}
    return Content(
        subject=subject,
        kick=about.round,
        news=news,
        say=(say, _way_on(facts, reader)),
        before=kept(*(one for name, one in details[0].items() if name in changed)),
        facts=kept(*(details[1] or details[0]).values()),
        button=gettext("Look at my openings"),
        notes=(only_for_you(),),
    )


def _words(facts: OfferedForFacts, about: Writing, title: str) -> tuple[str, str, str]:
    """Subject, news and first sentence."""
    said = {"by": about.reader.people([facts.by]), "round": about.round, "title": title}
    if facts.after is None:
        return (
            gettext("Withdrawn for you: “%(title)s” in %(round)s", **said),
            gettext("Your opening was withdrawn"),
            gettext("%(by)s withdrew your opening “%(title)s” in “%(round)s”. It takes no guests any more.", **said),
        )
    if facts.before is None:
        return (
            gettext("Entered for you: “%(title)s” in %(round)s", **said),
            gettext("An opening was entered for you"),
            gettext("%(by)s entered the opening “%(title)s” in “%(round)s” for you. You are its host.", **said),
        )
    return (
        gettext("Changed for you: “%(title)s” in %(round)s", **said),
        gettext("Your opening was changed"),
        gettext("%(by)s changed your opening “%(title)s” in “%(round)s”.", **said),
    )


def _way_on(facts: OfferedForFacts, reader: Reader) -> str:
    if facts.until:
        return str(
            gettext(
                "Look at it on your page. You can change it there until the end of %(day)s.",
                day=reader.day(facts.until),
            )
        )
    return str(gettext("Look at it on your page. If something is wrong, please speak to the people who run the round."))


def _details(offered: Offered, reader: Reader) -> dict[str, Detail]:
    return {
        "title": Detail(gettext("What"), offered.title),
        "when": Detail(gettext("When"), _when(offered, reader)),
        "seats": Detail(gettext("Seats"), str(offered.seats)),
        "place": Detail(gettext("Place"), offered.place),
        "preparation": Detail(gettext("Please prepare"), offered.preparation),
    }


def _when(offered: Offered, reader: Reader) -> str:
    if offered.starts_at is None or offered.ends_at is None:
        length = ngettext("%(num)d minute", "%(num)d minutes", offered.minutes)
        return str(gettext("Whenever you are free, %(length)s", length=length))
    first, more = reader.zoned(reader.span(offered.starts_at, offered.ends_at)), offered.dates - 1
    if more < 1:
        return first
    return str(ngettext("%(first)s, and %(num)d more date", "%(first)s, and %(num)d more dates", more, first=first))
