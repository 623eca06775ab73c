"""What the mails say that are about a whole round, or about a way in: the question, its reminder, other days, no visit,
a round that is called off, and links."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import reasons
from shadowing.mail.content import Content, Detail, Writing, first_next_time, kept, only_for_you, sentences
from shadowing.models import LetterKind
from shadowing.models.facts import (
    AnsweredForFacts,
    AskFacts,
    NewDatesFacts,
    OpenForYouFacts,
    PersonalLinkFacts,
    RoundCancelledFacts,
    SignInFacts,
    UnmatchedFacts,
)


def sign_in(facts: SignInFacts, about: Writing) -> Content:
    until = about.reader.zoned(about.reader.moment(facts.until))
    return Content(
        subject=gettext("Your link to sign in"),
        news=gettext("Your link to sign in"),
        say=sentences(gettext("Open the link in the browser in which you asked for it, and press the button there.")),
        button=gettext("Sign in"),
        notes=sentences(
            gettext("It works once, until %(time)s.", time=until),
            gettext("If you did not ask for it, you need not do anything."),
        ),
    )


def personal_link(facts: PersonalLinkFacts, about: Writing) -> Content:
    return Content(
        subject=gettext("Your page: %(round)s", round=about.round),
        kick=about.round,
        news=gettext("The link to your page"),
        say=(gettext("It shows your answer, your seats and your visits in this round."),),
        button=gettext("Open my page"),
        notes=sentences(only_for_you(), gettext("If you did not ask for it, you need not do anything.")),
    )


def ask(facts: AskFacts, about: Writing) -> Content:
    """The question, and its reminder."""
    reader, again = about.reader, about.letter.kind is LetterKind.NUDGE
    day = reader.day(facts.answers_until)
    subject = (
        gettext("Reminder, by %(day)s, 1 minute: see how another department works", day=day)
        if again
        else gettext("By %(day)s, 1 minute: see how another department works", day=day)
    )
    return Content(
        subject=subject,
        kick=about.round,
        news=gettext("Which department would you like to sit beside?"),
        say=_asked(facts, about, again),
        facts=_days(facts, reader),
        button=gettext("Answer in a minute"),
        notes=sentences(
            gettext(
                "On the same page you can offer others a look at your own work, or say that you do not take part this time."
            ),
            gettext(
                "HR sees your answers. A host whom you visit sees your name, your department, your mail address and what you"
                " want to see."
            ),
            only_for_you(),
        ),
    )


def _asked(facts: AskFacts, about: Writing, again: bool) -> tuple[str, ...]:
    if again:
        return (
            gettext(
                "We have no answer from you for “%(round)s”. A short one is enough, also if you do not take part.",
                round=about.round,
            ),
        )
    usual = gettext(
        "Would you like to see how another department works? In “%(round)s” you sit in for an hour or two and learn what"
        " they do.",
        round=about.round,
    )
    return facts.greeting or usual, gettext("Please tell us what you want to see and when you are free.")


def _days(facts: AskFacts | NewDatesFacts, reader: Reader) -> tuple[Detail, ...]:
    days = gettext("%(first)s to %(last)s", first=reader.day(facts.starts_on), last=reader.day(facts.ends_on))
    return Detail(gettext("Answer by"), reader.day(facts.answers_until)), Detail(gettext("Visits"), days)


def new_dates(facts: NewDatesFacts, about: Writing) -> Content:
    reader, (first, last, until) = about.reader, facts.before
    other_days = (facts.starts_on, facts.ends_on) != (first, last)
    days = gettext("%(first)s to %(last)s", first=reader.day(first), last=reader.day(last))
    return Content(
        subject=gettext(
            "Other days: %(round)s, answer by %(day)s", round=about.round, day=reader.day(facts.answers_until)
        ),
        kick=about.round,
        news=gettext("The days have changed"),
        before=kept(
            Detail(gettext("Answer by"), reader.day(until)) if facts.answers_until != until else None,
            Detail(gettext("Visits"), days) if other_days else None,
        ),
        facts=_days(facts, reader),
        button=gettext("Open my page"),
        notes=(gettext("If you have answered already and your times still fit, you need not do anything."),),
    )


def unmatched(facts: UnmatchedFacts, about: Writing) -> Content:
    reader, heading = about.reader, facts.heading
    return Content(
        subject=gettext("No visit for you this time: %(round)s", round=about.round),
        kick=about.round,
        news=gettext("There is no visit for you this time"),
        say=sentences(
            gettext("We are sorry: there is no visit for you in “%(round)s”.", round=about.round),
            first_next_time() if facts.first_next_time else "",
        ),
        facts=kept(
            Detail(gettext("Why"), reasons.why(facts.code, gettext)),
            Detail(gettext("What would help"), reasons.remedy(facts.remedy, gettext)),
            reasons.where(facts.example, reader),
            reasons.whom(facts.remedy, heading.coordinator, reader),
        ),
        button=gettext("Open my page"),
    )


def answered_for(facts: AnsweredForFacts, about: Writing) -> Content:
    """HR typed in the reader's answer, or took that back again."""
    reader = about.reader
    said = {"by": reader.people([facts.by]), "round": about.round}
    if facts.until:
        look = gettext(
            "Look at it on your page. You can change it there until the end of %(day)s.", day=reader.day(facts.until)
        )
    else:
        look = gettext("Look at it on your page. If something is wrong, please speak to the people who run the round.")
    if facts.taken_back:
        return Content(
            subject=gettext("Taken back: the answer entered for you in %(round)s", round=about.round),
            kick=about.round,
            news=gettext("The answer entered for you was taken back"),
            say=(
                gettext(
                    "What %(by)s entered for you in “%(round)s” does not count any more. If you had answered before yourself,"
                    " that counts again.",
                    **said,
                ),
                look,
            ),
            button=gettext("Look at my answer"),
            notes=(only_for_you(),),
        )
    return Content(
        subject=gettext("Entered for you: your answer in %(round)s", round=about.round),
        kick=about.round,
        news=gettext("Your answer was entered for you"),
        say=(gettext("%(by)s entered your answer in “%(round)s” for you.", **said), look),
        button=gettext("Look at my answer"),
        notes=(only_for_you(),),
    )


def open_for_you(facts: OpenForYouFacts, about: Writing) -> Content:
    day = about.reader.day(facts.until)
    return Content(
        subject=gettext("Open for you until %(day)s: your answer in %(round)s", day=day, round=about.round),
        kick=about.round,
        news=gettext("You can answer until the end of %(day)s", day=day),
        say=(
            gettext(
                "In “%(round)s” you can answer, or change your answer, until the end of %(day)s, unless the plan is published"
                " before.",
                round=about.round,
                day=day,
            ),
        ),
        facts=(Detail(gettext("Answer by"), day),),
        button=gettext("Answer in a minute"),
        notes=(only_for_you(),),
    )


def round_cancelled(facts: RoundCancelledFacts, about: Writing) -> Content:
    own_mails = gettext("Your visits are called off too. A mail of their own takes each out of your calendar.")
    return Content(
        subject=gettext("Called off: %(round)s", round=about.round),
        kick=gettext("Called off"),
        news=gettext("“%(round)s” does not take place", round=about.round),
        say=sentences(facts.why, own_mails if facts.visits else ""),
        button=gettext("Open my page"),
        notes=(gettext("You need not do anything."),),
    )
