"""What the mail says by which a visit is called off for one person: why, and what comes next."""

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.mail import reasons, visit_facts
from shadowing.mail.content import Content, Detail, Writing, first_next_time, kept, sentences
from shadowing.models import Entry, Parting, Why
from shadowing.models.facts import VisitFacts


def cancel(facts: VisitFacts, about: Writing) -> Content:
    entry, reader = facts.revision.entry, about.reader
    parting = facts.parting or Parting()
    elsewhere = parting.why is Why.ADDRESS
    visit = kept(visit_facts.when(entry, reader), *visit_facts.people_in_short(entry, reader))
    return Content(
        subject=_subject_of_cancellation(parting, entry, reader),
        kick=_kick_of_cancellation(parting),
        news=_news_of_cancellation(parting, entry, reader),
        say=sentences(_why(parting), parting.words, *_what_comes(parting)),
        before=() if elsewhere else visit,
        facts=visit if elsewhere else _instead(parting, reader),
        time=elsewhere or parting.instead is not None,
        button=gettext("See my new visit") if parting.instead else gettext("Open my page"),
        notes=sentences(
            gettext("Your calendar takes the entry out by itself. If it is still there, please delete it.")
            if about.attached and not elsewhere
            else "",
            gettext("It is about a visit in “%(round)s”.", round=about.round),
        ),
    )


def _subject_of_cancellation(parting: Parting, entry: Entry, reader: Reader) -> str:
    said = {"time": reader.short_moment(entry.starts_at), "side": visit_facts.side(entry, reader)}
    if parting.why is Why.ADDRESS:
        return str(gettext("Goes to your new address: %(time)s, %(side)s", **said))
    if parting.why is Why.NOT_HOST:
        return str(gettext("Another host: %(time)s, %(side)s", **said))
    if parting.instead:
        new = reader.short_moment(parting.instead.starts_at)
        return str(gettext("Called off: %(time)s, %(side)s (instead: %(new)s)", **said, new=new))
    return str(gettext("Called off: %(time)s, %(side)s", **said))


def _kick_of_cancellation(parting: Parting) -> str:
    if parting.why is Why.ADDRESS:
        return str(gettext("Another address"))
    if parting.why is Why.NOT_HOST:
        return str(gettext("Another host"))
    return str(gettext("Another visit instead") if parting.instead else gettext("Called off"))


def _news_of_cancellation(parting: Parting, entry: Entry, reader: Reader) -> str:
    if parting.instead:
        return str(gettext("Your visit is now on %(time)s", time=reader.short_moment(parting.instead.starts_at)))
    if parting.why is Why.ADDRESS:
        return str(gettext("The visit stands; its mails go to your new address"))
    time = reader.short_moment(entry.starts_at)
    if parting.why is Why.NOT_HOST:
        return str(gettext("You do not host on %(time)s any more", time=time))
    return str(gettext("Your visit on %(time)s does not take place", time=time))


def _why(parting: Parting) -> str:
    reason = {
        Why.DECLINED: gettext("You told us that it does not suit you."),
        Why.AWAY: gettext("As far as we know, you are not there at that time."),
        Why.ADDRESS: gettext("Your mail address is another one now: %(address)s", address=parting.address),
        Why.ROUND: gettext("The whole round is called off."),
        Why.DATE: gettext("This date was called off."),
        Why.WITHDRAWN: gettext("This seat is not offered any more."),
        Why.HOST_GONE: gettext("Your host cannot be there at the time of your visit any more."),
        Why.NOT_HOST: gettext("The people who run the round have changed who hosts this seat."),
        Why.NO_GUEST: gettext("Nobody comes to it any more."),
        Why.OTHER: gettext("The people who run the round have changed the plan."),
    }
    return reason[parting.why] if not parting.code else reasons.why(parting.code, gettext)


def _what_comes(parting: Parting) -> list[str]:
    if parting.instead:
        return [gettext("You have another visit instead. A mail of its own invites you to it.")]
    stay = gettext("Your other visits in this round stay in your calendar.") if parting.others_stay else ""
    promised = first_next_time() if parting.first_next_time else ""
    return [gettext("You need not do anything."), stay, promised]


def _instead(parting: Parting, reader: Reader) -> tuple[Detail, ...]:
    new = parting.instead
    if new is None:
        return ()
    when, place, what = visit_facts.when(new, reader), visit_facts.place(new), visit_facts.what(new)
    return kept(when, place, what, *visit_facts.people_in_short(new, reader))
