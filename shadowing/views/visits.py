"""My visits, as guest and as host: all for the day, the file for the calendar, and whether it suits me.

A page shows what its person was told, not what HR is still changing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.collecting import goals
from shadowing.company import aims
from shadowing.extensions import db, settings
from shadowing.mail import letters, outbox, reasons, visit_facts
from shadowing.mail.content import Detail
from shadowing.models import (
    Answer,
    Department,
    Entry,
    GivenAnswer,
    Guest,
    Happened,
    Invitation,
    Letter,
    LetterKind,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
    Stage,
    WhyUnmatched,
)
from shadowing.rounds import meeting_dates
from shadowing.views import auth, calendar_links, feeds, language, offers, swaps, visit_answers
from shadowing.views.calendar_links import CalendarLink
from shadowing.visiting import answers as given
from shadowing.visiting import invitations, outcomes, ride_alongs, swapping
from shadowing.visiting.outcomes import PastVisit

TELLING = (LetterKind.REQUEST, LetterKind.CHANGE)

bp = Blueprint("visits", __name__)


@bp.get("/my/<token>/visits")
@auth.for_participant
def mine() -> str:
    homes = contains_eager(Invitation.slot).contains_eager(Slot.opening).joinedload(Opening.department)
    found = list(db.session.scalars(invitations.of(g.reader, g.round).options(homes)))
    now = datetime.now(UTC)
    facts = known(found, now)
    visits = [visit(one, facts, now) for one in found]
    zone = language.reader(g.reader.zone).zone_name
    guest = db.session.scalar(goals.of(g.reader, g.round))
    return render_template(
        "visits/mine.html",
        visits=visits,
        unmatched=unmatched(guest, visits),
        waits=guest is not None and guest.takes_part,
        zone=zone,
        happened=tuple(Happened),
        can_change=meeting_dates.can_change,
        offered=offers.open_to(guest),
        **swaps.way(),
        feed=feeds.address(feeds.OWN, g.reader),
    )


@bp.post("/my/<token>/visits/<int:id>/answer")
@auth.for_participant
def answer(id: int) -> Response:
    """A yes at one press. A no is asked for on a page of its own, which this leads to."""
    invitation, g.back = visit_answers.my_invitation(id), url_for(".mine", token=g.token)
    said = request.form.get("answer", "")
    if said == "no":
        return redirect(url_for("visit_answers.ask_decline", token=g.token, id=id), code=303)
    if said != "yes":
        raise NotFound
    given.accept(invitation, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. Your answer is noted."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/visits/<int:id>.ics")
@auth.for_participant
def calendar(id: int) -> Response:
    """The file of the last mail about this visit, byte for byte."""
    letter: Letter = db.first_or_404(last_letter(my_invitation(id)))
    content = attached(outbox.render(letter, settings()))
    headers = {"Content-Disposition": 'attachment; filename="visit.ics"'}
    return current_app.response_class(content, mimetype="text/calendar", headers=headers)


@bp.get("/visits/<key>")
@auth.for_everyone
def show(key: str) -> str:
    """Where a calendar entry leads: it is seen by colleagues, so the page says nothing about the visit, not even that it is."""
    return render_template("visits/show.html")


def my_invitation(id: int) -> Invitation:
    invitation: Invitation = db.first_or_404(invitations.of(g.reader, g.round).where(Invitation.id == id))
    return invitation


def pairings_of(person: Person, round: Round) -> Select[Pairing]:
    own = select(Pairing).join(Pairing.guest).where(Guest.person_id == person.id, Guest.round_id == round.id)
    return own.where(Pairing.stands)


def last_letter(invitation: Invitation) -> Select[Letter]:
    telling = select(Letter).where(Letter.invitation_id == invitation.id, Letter.kind.in_(TELLING))
    return telling.order_by(Letter.revision.desc()).limit(1)


def attached(mail: EmailMessage) -> bytes:
    files = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "application/ics"]
    if not files or not isinstance(files[0], bytes):
        raise NotFound
    return files[0]


# What the page shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What the reader *said* of one guest's visit, None where nothing yet."""

    pairing_id: int
    guest: Person
    said: Happened | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOfVisits:
    """What is known of the reader's visits beside their invitations, looked up for all at once."""

    pairings: Mapping[int, Pairing]
    given: Mapping[int, GivenAnswer]
    over: tuple[PastVisit, ...]
    gains: Mapping[int, str]

    def became(self, invitation: Invitation) -> tuple[Became, ...]:
        mine = [one for one in self.over if one.pairing.slot_id == invitation.slot_id]
        if invitation.role is Role.GUEST:
            mine = [one for one in mine if one.pairing.guest.person_id == invitation.person_id]
        return tuple(
            Became(pairing_id=one.pairing.id, guest=one.pairing.guest.person, said=one.by(invitation.person_id))
            for one in mine
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVisit:
    """*entry* is what the person's last mail told of it, and of a customer only what they may see; *given* their answer that
    counts; *because* says why a guest was chosen, whom *home* awaits in *days*, and *both* what the departments gain. *became* is
    asked for once it is over, of each guest."""

    invitation: Invitation
    entry: Entry
    given: GivenAnswer | None
    because: list[str]
    begun: bool
    days: int
    home: Department | None
    both: str
    became: tuple[Became, ...]
    elsewhere: tuple[CalendarLink, ...]
    promise_wanted: bool
    can_swap: bool
    consent: str
    riding: tuple[Detail, ...]
    may_stop: bool


def known(found: list[Invitation], now: datetime) -> KnownOfVisits:
    given_rows = db.session.scalars(given.standing([one.id for one in found]))
    return KnownOfVisits(
        pairings={row.slot_id: row for row in db.session.scalars(pairings_of(g.reader, g.round))},
        given={row.invitation_id: row for row in given_rows if row.counts},
        over=outcomes.of_slots([one.slot_id for one in found], now),
        gains=aims.gains_of(g.reader.department),
    )


def visit(invitation: Invitation, facts: KnownOfVisits, now: datetime) -> ShownVisit:
    entry, words = ride_alongs.shown(invitation), tag_words()
    visits = entry.role is Role.GUEST
    local, opening = language.reader().local, invitation.slot.opening
    days = (local(entry.starts_at).date() - local(now).date()).days
    phone = opening.riding.phone if visits and days <= 1 and not entry.masked else ""
    chosen, said = facts.pairings.get(invitation.slot_id), invitation.answer
    return ShownVisit(
        invitation=invitation,
        entry=entry,
        given=facts.given.get(invitation.id),
        because=[words[tag] for tag in chosen.tags if tag in words] if visits and chosen else [],
        begun=entry.starts_at <= now,
        days=days,
        home=opening.department if visits else None,
        both=facts.gains.get(opening.department_id, "") if visits else "",
        became=facts.became(invitation),
        elsewhere=calendar_links.elsewhere(entry, invitation.uid) if entry.starts_at > now else (),
        can_swap=chosen is not None and said is not Answer.NO and swapping.may_propose(invitation, now),
        promise_wanted=ride_alongs.promise_wanted(invitation),
        consent=opening.customer_consent or "",
        may_stop=ride_alongs.may_stop(invitation, now),
        riding=visit_facts.riding(replace(entry.riding, phone=phone)),
    )


def tag_words() -> dict[str, str]:
    return {
        "wish_1": gettext("Your first wish"),
        "wish_2": gettext("Your second wish"),
        "wish_3": gettext("Your third wish"),
        "topic_wish": gettext("A topic you wished for"),
        "new_wall": gettext("Your departments meet for the first time"),
        "maybe": gettext("At a time you marked “if need be”"),
        "by_hand": gettext("Chosen by the people who run the round"),
        "waiting_list": gettext("A place that became free"),
        "by_guest": gettext("Chosen by you"),
        "again": gettext("In the place of a visit that fell away"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    why: str
    remedy: str
    where: str
    whom: str


def unmatched(guest: Guest | None, visits: list[ShownVisit]) -> Unmatched | None:
    """For a guest who wanted a visit and got none, once the plan is out."""
    if guest is None or not guest.takes_part or guest.round.stage not in (Stage.PUBLISHED, Stage.ENDED):
        return None
    if any(one.entry.role is Role.GUEST for one in visits):
        return None
    reason, reader = guest.reason or WhyUnmatched(code="", remedy=""), language.reader()
    ended = guest.round.stage is Stage.ENDED
    return Unmatched(
        why=reasons.why(reason.code, gettext),
        remedy="" if ended else reasons.remedy(reason.remedy, gettext),
        where=reasons.where(letters.example(guest), reader),
        whom=reasons.whom(reason.remedy, letters.coordinator(guest.round, reader.locale), reader),
    )
