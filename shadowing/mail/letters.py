"""Letters: one row for each mail, with everything its text will name frozen in *facts*.

A row is written in the transaction of the deed it tells of; the mail is a pure function of the row (outbox.py), so it can
be shown before it is sent and sent again as the same bytes. Links are signed while rendering: no row holds a token."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.models import (
    Guest,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Person,
    Round,
    SignInKey,
)

LINK_LIVES = timedelta(days=1)
ONE_COPY = (LetterKind.ASK, LetterKind.NUDGE, LetterKind.UNMATCHED)
"""Not sent again where the outcome of a try is unknown: one too few beats one too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What of the settings goes into a mail."""

    secret: str
    mail_from: str
    public_url: str
    company: str

    @classmethod
    def of(cls, settings: Settings) -> "Sender":
        return cls(
            secret=settings.secret_key,
            mail_from=settings.mail_from,
            public_url=settings.public_url,
            company=settings.company,
        )


def sign_in(key: SignInKey, now: datetime) -> Letter:
    facts = {"link": {"purpose": "sign_in", "what": [key.id], "path": ""}, "until": key.expires_at.isoformat()}
    letter = _to(key.person, None, LetterKind.SIGN_IN, f"sign_in:{key.id}", now, facts)
    letter.expires_at = key.expires_at
    return _kept(letter)


def personal_link(person: Person, round: Round, now: datetime) -> Letter:
    key = f"personal_link:{round.id}:{person.id}:{now.isoformat()}"
    facts = of_round(round, person) | {"link": link(person, round, "")}
    letter = _to(person, round, LetterKind.PERSONAL_LINK, key, now, facts)
    letter.expires_at = now + LINK_LIVES
    return _kept(letter)


def ask(guest: Guest, now: datetime) -> Letter:
    return _kept(asking(guest, LetterKind.ASK, f"ask:{guest.id}", now))


def nudge(guest: Guest, now: datetime) -> Letter:
    return _kept(asking(guest, LetterKind.NUDGE, f"nudge:{guest.id}:{now.isoformat()}", now))


def asking(guest: Guest, kind: LetterKind, key: str, now: datetime) -> Letter:
    """The unsaved mail that asks for wishes and free times, for a preview too."""
    round = guest.round
    facts = of_round(round, guest.person) | {
        "link": link(guest.person, round, ""),
        "greeting": round.greeting,
        "starts_on": round.starts_on.isoformat(),
        "ends_on": round.ends_on.isoformat(),
        "answers_until": round.answers_until.isoformat(),
    }
    letter = _to(guest.person, round, kind, key, now, facts)
    letter.expires_at = _end_of(round.answers_until, round.zone)
    return letter


def unmatched(guest: Guest, stamp: datetime, now: datetime) -> Letter:
    letter = missing(guest, stamp)
    letter.due_at = now
    return _kept(letter)


def missing(guest: Guest, stamp: datetime) -> Letter:
    """The unsaved mail to a guest without a visit."""
    round = guest.round
    facts = of_round(round, guest.person) | {
        "link": link(guest.person, round, "/visits"),
        "reason": guest.reason or {"code": "", "remedy": "", "facts": {}},
        "example": _example(guest.reason or {}),
    }
    letter = _to(guest.person, round, LetterKind.UNMATCHED, f"unmatched:{guest.id}", stamp, facts)
    letter.expires_at = _end_of(round.ends_on, round.zone)
    return letter


def _example(reason: dict[str, Any]) -> dict[str, Any] | None:
    """Where the remedy would have led. Of a flexible opening no time is told: it would give away the hosts' free times."""
    facts = reason.get("facts", {})
    opening = db.session.get(Opening, facts["opening"]) if "opening" in facts else None
    if opening is None:
        return None
    starts_at = datetime.fromtimestamp(facts["start"] * 60, UTC)
    ends_at = starts_at + timedelta(minutes=opening.minutes)
    when = {} if opening.flexible else {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    return {"department": opening.department.name} | when


def of_invitation(kind: LetterKind, person: Person, round: Round, stamp: datetime, facts: dict[str, Any]) -> Letter:
    """The unsaved mail of one revision of an invitation. Its key holds no row's id, so a preview has the same."""
    key = f"invitation:{facts['uid']}:{facts['revision']}"
    letter = _to(
        person, round, kind, key, stamp, of_round(round, person) | {"link": link(person, round, "/visits")} | facts
    )
    letter.address, letter.revision = facts["address"], facts["revision"]
    letter.expires_at = datetime.fromisoformat(facts["starts_at"])
    return letter


def of_round(round: Round, person: Person) -> dict[str, Any]:
    """What every mail of a round names."""
    coordinator = round.coordinator
    named = {"name": coordinator.name(person.locale), "email": coordinator.email} if coordinator else None
    return {"name": person.name(person.locale), "round": round.title, "coordinator": named}


def link(person: Person, round: Round, path: str) -> dict[str, Any]:
    """What the personal link opens; the token itself is made while rendering."""
    return {"purpose": "personal", "what": [person.id, person.link_version, round.id], "path": path}


def overtaken(letter: Letter, now: datetime) -> LetterState | None:
    """The state of a waiting letter that must not be sent any more; None for one that must.

    A mail about something past is not sent, nor an older revision once there is a newer one, nor a second copy of an
    invitation whose answer has come: the answer proves that the first one arrived. A visit that is called off before
    anybody heard of it is never mentioned."""
    if letter.expires_at is not None and letter.expires_at <= now:
        return LetterState.GAVE_UP
    if letter.invitation_id is None:
        return None
    newest = db.session.scalar(
        select(Letter).where(Letter.invitation_id == letter.invitation_id).order_by(Letter.revision.desc()).limit(1)
    )
    off = newest is not None and newest.kind is LetterKind.CANCEL and not told(letter.invitation_id)
    if off:
        return LetterState.CANCELLED
    if newest is not None and newest.revision > letter.revision:
        return LetterState.SUPERSEDED
    return LetterState.SENT if letter.unfinished and _answered(letter) else None


def told(invitation_id: int) -> bool:
    """Whether some earlier mail of the invitation has, or may have, reached its person."""
    arrived = Letter.state.in_((LetterState.SENT, LetterState.UNKNOWN))
    return bool(
        db.session.scalar(
            select(exists().where(Letter.invitation_id == invitation_id, arrived | (Letter.unfinished > 0)))
        )
    )


def _answered(letter: Letter) -> bool:
    invitation = db.session.get_one(Invitation, letter.invitation_id)
    return invitation.answered_at is not None and invitation.answered_at > letter.stamp


def _to(
    person: Person, round: Round | None, kind: LetterKind, key: str, stamp: datetime, facts: dict[str, Any]
) -> Letter:
    return Letter(
        key=key,
        kind=kind,
        state=LetterState.READY,
        round_id=round and round.id,
        person_id=person.id,
        person=person,
        address=person.email,
        locale=person.locale,
        zone=person.zone,
        due_at=stamp,
        stamp=stamp.replace(microsecond=0),
        revision=0,
        attempts=0,
        unfinished=0,
        fence=0,
        error="",
        facts={"name": person.name(person.locale)} | facts,
    )


def _kept(letter: Letter) -> Letter:
    """The letter, saved; or the one that is there already under its key."""
    there = db.session.scalar(select(Letter).where(Letter.key == letter.key))
    if there is not None:
        return there
    db.session.add(letter)
    return letter


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
