"""What the mails of a check-up say. Whoever reads them must not take the invented visit for one of theirs."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import visit_facts
from shadowing.mail.content import Content, Detail, Writing, kept, sentences
from shadowing.models import LetterKind
from shadowing.models.facts import CheckUpFacts


def check_up(facts: CheckUpFacts, about: Writing) -> Content:
    entry, reader = facts.revision.entry, about.reader
    subject, news, do = _words(about.letter.kind, {"mark": facts.mark, "time": reader.short_moment(entry.starts_at)})
    off = about.letter.kind is LetterKind.TEST_CANCEL
    if not facts.revision.hears:
        do = gettext("Answers given inside a calendar program do not reach us.")
    return Content(
        subject=subject,
        kick=gettext("A test of invitations"),
        news=news,
        say=sentences(
            gettext("This is a test. There is no such visit, and nobody expects you."),
            "" if off else do,
        ),
        before=() if off else _before(facts, reader),
        facts=() if off else kept(visit_facts.when(entry, reader)),
        time=True,
        button=gettext("See what was found"),
        notes=sentences(
            gettext("Calendars remove the entry, or show that it is called off.") if off else "",
            gettext("HR wrote your address into this test. You may delete this mail."),
        ),
    )


def title(facts: CheckUpFacts) -> str:
    """Of the entry in a calendar. Its mark comes back in the subject of the answer."""
    return str(gettext("Test invitation %(mark)s", mark=facts.mark))


def description() -> str:
    return str(gettext("This is a test. There is no such visit, and nobody expects you."))


def _words(kind: LetterKind, said: dict[str, str]) -> tuple[str, str, str]:
    """Subject, news, and what to do."""
    match kind:
        case LetterKind.TEST_CHANGE:
            return (
                gettext("Test invitation %(mark)s: now on %(time)s", **said),
                gettext("The test invitation has another time"),
                gettext("Please answer once more in your calendar, as you like."),
            )
        case LetterKind.TEST_CANCEL:
            return (
                gettext("Test invitation %(mark)s is over", **said),
                gettext("The test invitation is called off"),
                "",
            )
        case _:
            return (
                gettext("Test invitation %(mark)s: %(time)s", **said),
                gettext("A test invitation"),
                gettext("Please answer in your calendar, as you like: yes, perhaps or no."),
            )


def _before(facts: CheckUpFacts, reader: Reader) -> tuple[Detail, ...]:
    before = facts.revision.before
    if before is None:
        return ()
    return (Detail(gettext("When"), reader.zoned(reader.span(before.starts_at, before.ends_at))),)
