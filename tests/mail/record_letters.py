"""Every mail of three rounds, as digests: what a change of the code must leave as it was, byte for byte.

`python -m tests.mail.record_letters` writes tests/data/letters.json anew, after a change that people shall read. The
calendar objects have a digest of their own: new words of a mail leave that one alone.
The plan is the first that fits, since a solver may answer differently tomorrow; all moments and secrets are fixed."""

import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from shadowing import folders
from shadowing.app import create_app
from shadowing.cli import demo
from shadowing.config import Settings
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import check_ups, letters, outbox
from shadowing.mail.letters import Sender
from shadowing.matching import child, pairings, solving
from shadowing.models import (
    TESTS,
    Answer,
    CheckUp,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Rsvp,
    SignInKey,
    Slot,
    Stage,
)
from shadowing.models.facts import CheckUpFacts
from shadowing.rounds import cancellation, opening_mails, rounds
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.solver.alternatives import neighbourhood
from shadowing.solver.explain import why_not
from shadowing.solver.instance import compiled
from shadowing.solver.state import State
from shadowing.visiting import answers, briefs, slots
from tests import conftest

RECORDED = Path(__file__).parent.parent / "data" / "letters.json"
FOLDERS = ("jp-agency", "k8s-rotation")
DEMO_NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALENDARS = "calendar objects"
Digests = dict[str, list[int | str]]
"""Kind of letter -> how many, and the SHA-256 of all of them in the order in which they were written."""


def main() -> int:
    found = {"demo": fresh(None)}
    for name in FOLDERS:
        source = conftest.SHARED / "rounds" / name
        if not source.is_dir():
            print(f"{source} is not there: nothing is written", file=sys.stderr)
            return 1
        found[name] = fresh(source)
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def fresh(source: Path | None) -> Digests:
    """The digests of one round on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = conftest.migrated(Path(folder))
        app = create_app(conftest.settings(Path(folder), database_url=url))
        with app.app_context():
            digests = of_folder(app, source) if source else of_the_demo(app)
            db.session.remove()
            db.engine.dispose()
    return digests


def of_the_demo(app: Flask) -> Digests:
    round = demo.company(DEMO_NOW)
    db.session.flush()
    return of(app, round, DEMO_NOW)


def of_folder(app: Flask, source: Path) -> Digests:
    """Four weeks before the round begins, with a coordinator, and answers asked for."""
    found = folders.read(source)
    assert found.round is not None
    now = datetime.combine(found.round.starts_on - timedelta(days=28), time(3), UTC)
    round = folders.take_in(found, False, now)
    round.rsvp, round.coordinator = Rsvp.ASK, db.session.scalars(select(Person).order_by(Person.code)).first()
    db.session.flush()
    return of(app, round, now)


def of(app: Flask, round: Round, now: datetime) -> Digests:
    settings: Settings = app.extensions["settings"].model_copy(update={"company": "株式会社 Example"})
    sender = Sender.of(settings)
    write_before_the_plan(round, now)
    seat_first_fit(round, now)
    publish(round, sender, now)
    answer_some(round, now)
    for number, change in enumerate((move_and_call_off, reword_and_lose_people, bring_back), start=1):
        later = now + number * DAY
        change(round, later)
        publish(round, sender, later)
    write_around_visits(round, now)
    cancellation.cancel(round, "オフィスの移転と重なるため。\nAnother time.", None, now + 4 * DAY)
    days = (round.starts_on - DAY, round.ends_on, round.answers_until - DAY)
    letters.keep([letters.new_dates(guest, days, now) for guest in guests(round)[:50]])
    write_by_hand(round, now)
    write_a_check_up(round, now)
    return digests(settings)


def digests(settings: Settings) -> Digests:
    mails: defaultdict[str, list[bytes]] = defaultdict(list)
    for letter in db.session.scalars(select(Letter).order_by(Letter.id)):
        mail = outbox.render(letter, settings)
        mails[letter.kind.value].append(mail.as_bytes())
        mails[CALENDARS] += calendars(mail)
    return {kind: [len(mails[kind]), hashlib.sha256(b"".join(mails[kind])).hexdigest()] for kind in sorted(mails)}


def calendars(mail: EmailMessage) -> list[bytes]:
    parts = (part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/calendar")
    return [part for part in parts if isinstance(part, bytes)]


# The story that all three tell


def write_before_the_plan(round: Round, now: datetime) -> None:
    for guest in guests(round)[:50]:
        letters.ask([guest], now)
        letters.nudge([guest], now)
    for person in db.session.scalars(select(Person).order_by(Person.code).limit(5)):
        letters.personal_link(person, round, now)
        key = SignInKey(person=person, hash=f"hash of {person.code}", expires_at=now + HOUR)
        db.session.add(key)
        db.session.flush()
        letters.sign_in(key, now)


def write_around_visits(round: Round, now: datetime) -> None:
    written = letters.keep([one.write() for one in briefs.planned(round, now)])
    for letter in [one for one in written if one.kind is LetterKind.DAY_BEFORE][:3]:
        copy = letters.addressed(
            letter.person, round, LetterKind.THIS_MORNING, f"{letter.key}:", letter.stamp, letter.facts
        )
        letters.keep([copy])


def write_by_hand(round: Round, now: datetime) -> None:
    by, asked = round.coordinator, guests(round)[:6]
    assert by
    letters.keep([letters.answered_for(guest, by, round.answers_until, False, now) for guest in asked[:2]])
    letters.keep([letters.answered_for(guest, by, None, place == 2, now) for place, guest in enumerate(asked[2:5])])
    letters.keep([letters.open_for_you(guest, round.answers_until, now) for guest in asked])
    rows = select(Opening).where(Opening.round_id == round.id).order_by(Opening.code).limit(6)
    for place, opening in enumerate(db.session.scalars(rows).all()):
        offered, host = opening_mails.as_offered(opening), opening.hosts[0]
        assert offered
        before = replace(offered, seats=offered.seats + 1, place="別館") if place % 3 else None
        after = None if place % 3 == 2 else offered
        letters.keep([opening_mails.letter_of(opening, host, before, after, by, now)])


def write_a_check_up(round: Round, now: datetime) -> None:
    by = round.coordinator
    assert by
    check = CheckUp(id=1, asked_by=by, address="box@example.net", uid="check@example.org", mark="KVHTRWNB")
    check.organizer, check.starts_at, told = "shadowing@example.org", now + DAY, None
    for kind in TESTS:
        letter = check_ups.letter_of(check, kind, told, True, now)
        facts = letter.facts
        assert isinstance(facts, CheckUpFacts)
        told = facts.revision
        letters.keep([letter])


def guests(round: Round) -> list[Guest]:
    rows = select(Guest).join(Guest.person).where(Guest.round_id == round.id)
    return list(db.session.scalars(rows.order_by(Person.code)))


def seat_first_fit(round: Round, now: datetime) -> None:
    solve = solving.ask(round, None, 1, 0, now)
    problem = stored.from_json(solve.problem)
    seats = tuple(first_fit(problem))
    plan = p.Plan(
        status=p.Status.FEASIBLE, seats=seats, reasons=why_not(problem, seats), tiers=(), gap=0.0, seconds=0.0
    )
    solving.conclude(solve, child.Ended(plan=plan), Stage.COLLECTING, now)
    db.session.flush()


def first_fit(problem: p.Problem) -> Iterator[p.Seat]:
    """One visit for each guest in turn, the first that breaks no rule beside those of the guests before."""
    instance = compiled(problem)
    state = State(instance)
    seats: list[p.Seat] = []
    for guest in problem.guests:
        row, plan = instance.roster.row[guest.person], neighbourhood(problem, seats)
        places = [instance.seat(row, slot) for slot in state.choices(row).slot.tolist()]
        for seat in sorted(places, key=lambda place: (place.opening, place.start)):
            if not plan.broken(seat):
                seats.append(seat)
                yield seat
                break


def publish(round: Round, sender: Sender, now: datetime) -> None:
    """All letters leave, but for each seventh, which still waits, and each eleventh, which is on its way."""
    db.session.flush()
    db.session.expire_all()
    rounds.publish(round, None, round.version, now, sender, now)
    db.session.flush()
    for letter in db.session.scalars(select(Letter).where(Letter.done_at.is_(None)).order_by(Letter.id)):
        if letter.id % 11 == 0:
            letter.lease_until = now + HOUR
        elif letter.id % 7:
            letter.state, letter.done_at, letter.lease_until = LetterState.SENT, now, None
    db.session.flush()


def answer_some(round: Round, now: datetime) -> None:
    rows = select(Invitation).join(Slot).join(Opening).where(Opening.round_id == round.id)
    for place, invitation in enumerate(db.session.scalars(rows.order_by(Invitation.uid))):
        if place % 3:
            answers.on_the_page(invitation, Answer.YES if place % 3 == 1 else Answer.NO, now)


def visited(round: Round) -> list[Slot]:
    seated = select(Pairing.slot_id).where(Pairing.round_id == round.id, Pairing.status != PairingStatus.DROPPED)
    rows = select(Slot).join(Slot.opening).where(Slot.id.in_(seated), Slot.cancelled_at.is_(None))
    return list(db.session.scalars(rows.order_by(Slot.starts_at, Opening.code)))


def move_and_call_off(round: Round, now: datetime) -> None:
    for place, slot in enumerate(visited(round)):
        if place % 12 == 0:
            with suppress(Refusal):  # somebody has another visit then, so this one stays
                slots.reschedule(slot, slot.starts_at + HOUR, None, now, sure=True)
        elif place % 6 == 1:
            slots.call_off(slot, None, now)
        elif place % 6 == 2:
            slot.opening.place = f"{slot.opening.place} / 3F"
        elif place % 6 == 3:
            slot.opening.preparation = "筆記用具をお持ちください。"


def reword_and_lose_people(round: Round, now: datetime) -> None:
    """A name that is written differently concerns nobody's calendar."""
    for place, slot in enumerate(visited(round)):
        seated = list(db.session.scalars(pairings.in_slot(slot)))
        if place % 9 == 0:
            seated[0].guest.person.left_at = now
        elif place % 9 == 1:
            seated[0].guest.person.email = f"new.{seated[0].guest.person.email}"
        elif place % 9 == 2:
            pairings.take_out(seated[0])
        elif place % 9 == 3:
            put_into_another_slot(seated[0])
        elif place % 9 == 4:
            slot.opening.title = f"{slot.opening.title} (2)"
        elif place % 9 == 5:
            slot.opening.hosts[0].person.family_name = "改姓"


def put_into_another_slot(pairing: Pairing) -> None:
    old, opening = pairing.slot, pairing.slot.opening
    begin = old.starts_at + timedelta(days=7, minutes=7)
    slot = Slot(opening=opening, starts_at=begin, ends_at=begin + (old.ends_at - old.starts_at), seats=old.seats)
    db.session.add(slot)
    pairings.take_out(pairing)
    db.session.add(Pairing(round_id=pairing.round_id, guest=pairing.guest, slot=slot, tags=[]))
    db.session.flush()


def bring_back(round: Round, now: datetime) -> None:
    """Each third visit that was taken out is on again."""
    dropped = select(Pairing).join(Pairing.slot).where(Pairing.status == PairingStatus.DROPPED)
    dropped = dropped.where(Pairing.round_id == round.id, Slot.cancelled_at.is_(None)).order_by(Pairing.id)
    for pairing in list(db.session.scalars(dropped))[::3]:
        pairing.status = PairingStatus.PUBLISHED
    for slot in visited(round)[::5]:
        slot.opening.place = "オンライン"


if __name__ == "__main__":
    sys.exit(main())
