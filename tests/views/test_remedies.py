"""Random rounds through the pages of the product: every reason is true, and every remedy, followed with the forms that people
have, gives a visit."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import jobs
from shadowing.collecting import availability
from shadowing.extensions import db
from shadowing.matching import board, solving
from shadowing.matching.spans import moment
from shadowing.models import Exclusion, FreeTimes, Guest, Opening, OpeningKind, Pairing, Person, Round, Solve
from shadowing.rules import RoundRules
from shadowing.solver import stored
from shadowing.solver.explain import Remedy
from shadowing.solver.problem import Reason
from shadowing.views import openings
from tests import factories
from tests.solver.reason_checks import holds
from tests.views.test_answers import my
from tests.views.test_pairings import MONDAY, SOON

HALVES = [f"{day}-{half}" for day in ("mon", "tue", "wed") for half in ("am", "pm")]
HOURS = "mon-fri 09:00-18:00"
OWN = (Remedy.ONE_MORE_HALF_DAY, Remedy.ENTER_FREE_TIME, Remedy.WISH_MORE, Remedy.GIVE_HALF_DAYS)
OF_HOSTS = (Remedy.ONE_MORE_SEAT, Remedy.ONE_MORE_SESSION)

RAREST_FIRST = (Remedy.PLACE, *OF_HOSTS, Remedy.GIVE_HALF_DAYS, *OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A round of which the plan is made: its guests ask, its HR decides."""

    round: Round
    hr: FlaskClient
    people: FlaskClient

    def solve(self) -> Solve:
        answer = self.hr.post(f"/rounds/{self.round.id}/solve", data={"seconds": "10", "sure": "1"})
        assert answer.status_code == 303, answer.text
        db.session.expire_all()
        solve = db.session.scalars(board.last_solve(self.round)).one()
        assert jobs.run(db.session.scalars(solving.job_of(solve)).one(), lambda progress: False, datetime.now(UTC))
        db.session.commit()
        return solve

    def unmatched(self) -> list[Guest]:
        return list(db.session.scalars(board.unmatched(self.round)))

    def has_a_visit(self, guest: Guest) -> bool:
        db.session.expire_all()
        return bool(db.session.scalars(select(Pairing).where(Pairing.guest_id == guest.id, Pairing.stands)).first())

    def reopen(self) -> None:
        until = (self.round.ends_on - timedelta(days=1)).isoformat()
        answer = self.hr.post(f"/rounds/{self.round.id}/reopen", data={"answers_until": until})
        assert answer.status_code == 303, answer.text


def drawn(dice: random.Random) -> Round:
    """Three departments offer meetings and desks; now and then a limit, a contract or a private rule is in the way."""
    rules = RoundRules(away_most=dice.choice([0, 0, 1]), notice_days=dice.choice([3, 3, 45]), visits_most=1)
    ends_on = SOON + timedelta(days=25)
    round = factories.round_(starts_on=SOON, ends_on=ends_on, answers_until=SOON, rules=rules)
    homes = [factories.department() for _ in range(3)]
    for number, home in enumerate(homes):
        for _ in range(dice.randint(number == 0, 2)):
            offered(dice, round, factories.person(department_=home, hours=HOURS, zone="Asia/Tokyo"))
    hosts = list(db.session.scalars(select(Person)))
    for _ in range(dice.randint(5, 8)):
        may = dice.choice([[], [], [], ["desk"]])
        person = factories.person(department_=dice.choice(homes), hours=HOURS, zone="Asia/Tokyo", may=may)
        wishes = dice.sample([home for home in homes if home is not person.home], dice.randint(1, 2))
        guest = factories.guest(round, person, tuple(wishes), half_days_most=dice.choice([None, None, 1]))
        give(round, person, dice.sample(HALVES, dice.choice([0, 3, 4, 6, 6])))
        if hosts and dice.random() < 0.2 and (host := dice.choice(hosts)) is not guest.person:
            low, high = sorted((host.id, person.id))
            db.session.add(Exclusion(person_id=low, other_id=high))
    db.session.commit()
    return round


def offered(dice: random.Random, round: Round, host: Person) -> Opening:
    if dice.random() < 0.4:
        give(round, host, dice.sample(HALVES, 2))
        desk = {"kind": OpeningKind.DESK, "flexible": True, "starts_at": None, "most_per_week": 1, "seats": 1}
        return factories.opening(round, host, **desk)
    hour = dice.choice([1, 2, 5, 6])  # 10, 11, 14 and 15 o'clock in Tokyo
    begin = MONDAY + timedelta(days=dice.randint(0, 2), hours=hour)
    opening = factories.opening(round, host, seats=dice.randint(1, 2), starts_at=begin)
    factories.slot(opening)
    return opening


def give(round: Round, person: Person, halves: list[str]) -> None:
    week = availability.week_of_half_days(dict.fromkeys(halves, availability.YES), person)
    availability.give(person, round, FreeTimes(week=week), datetime.now(UTC))


def answer_again(played: Played, guest: Guest) -> None:
    """What the remedy says, in the form of the guest."""
    assert guest.reason
    facts, remedy, person = guest.reason.facts, guest.reason.remedy, guest.person
    given = availability.half_days_of(availability.given(person, guest.round).week, person) or {}
    wishes = [f"d{goal.department_id}" for goal in guest.goals]
    halves, most = [*given], str(guest.half_days_most or "")
    if remedy == Remedy.WISH_MORE:
        wishes.append(f"d{facts['department']}")
    elif remedy == Remedy.GIVE_HALF_DAYS:
        most = ""
    else:
        begin = moment(int(facts["from"])) + timedelta(hours=9)
        halves.append(f"{begin:%a}-{'am' if begin.hour < 12 else 'pm'}".lower())
    typed = {"wish": wishes, "visits": "1", "times": "half", "half": halves or ["fri-pm"], "half_days_most": most}
    answer = played.people.post(my(person, guest.round), data=typed)
    assert answer.status_code == 303, answer.text


def offer_more(played: Played, guest: Guest) -> None:
    """What the remedy says, in the form of the host."""
    assert guest.reason
    opening = db.session.get_one(Opening, int(guest.reason.facts["opening"]))
    name = "seats" if guest.reason.remedy == Remedy.ONE_MORE_SEAT else "most_per_week"
    typed = dict(openings.stored(opening).typed)
    typed |= {name: str(int(str(typed[name])) + 1)}
    host = opening.hosts[0].person
    answer = played.people.post(my(host, guest.round, f"/openings/{opening.id}/edit"), data=typed)
    assert answer.status_code == 303, answer.text


def place(played: Played, guest: Guest) -> None:
    """The place that the remedy names, among those that HR is shown."""
    assert guest.reason
    opening, start = guest.reason.facts["opening"], guest.reason.facts["start"]
    assert f'value="{opening}"' in played.hr.get(f"/guests/{guest.id}/alternatives").text
    answer = played.hr.post(f"/guests/{guest.id}/place", data={"opening": str(opening), "start": str(start)})
    assert answer.status_code == 303, answer.text


def follow(played: Played, guest: Guest) -> None:
    """Answers are closed, so HR opens them again; the plan is made anew, and where another guest got the new seat HR decides."""
    assert guest.reason
    told = guest.reason
    if told.remedy == Remedy.PLACE:
        place(played, guest)
        return
    played.reopen()
    (answer_again if told.remedy in OWN else offer_more)(played, guest)
    played.solve()
    if told.remedy in OF_HOSTS and not played.has_a_visit(guest):
        guest.reason = told
        place(played, guest)


def rarity(guest: Guest) -> int:
    assert guest.reason
    return RAREST_FIRST.index(Remedy(guest.reason.remedy))


def untrue(solve: Solve, guests: list[Guest]) -> Iterator[str]:
    assert solve.plan
    problem, plan = stored.from_json(solve.problem), stored.plan_from_json(solve.plan)
    for guest in guests:
        assert guest.reason
        if not holds(problem, plan.seats, Reason(guest=guest.person_id, code=guest.reason.code, remedy="")):
            yield guest.reason.code


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_every_reason_is_true_and_a_remedy_that_is_followed_gives_a_visit(
    app: Flask, hr: FlaskClient, session: Session, seed: int
) -> None:
    dice = random.Random(f"remedies {seed}")  # noqa: S311
    played = Played(round=drawn(dice), hr=hr, people=app.test_client())

    solve = played.solve()

    guests = played.unmatched()
    assert list(untrue(solve, guests)) == []
    helped = [guest for guest in guests if guest.reason and guest.reason.remedy in RAREST_FIRST]
    for guest in sorted(helped, key=rarity)[:1]:
        follow(played, guest)
        assert played.has_a_visit(guest), guest.reason
