"""Rounds drawn at random, as rows: small enough to be looked at, with every rule now and then, and a plan that stands."""

import random
from dataclasses import asdict, replace
from datetime import UTC, datetime

from shadowing import typed
from shadowing.extensions import db
from shadowing.matching import gather, pairings
from shadowing.models import (
    Consent,
    Department,
    Exclusion,
    Goal,
    Guest,
    Hosting,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Stage,
)
from shadowing.rules import RoundRules
from shadowing.solver import problem as p
from shadowing.solver.alternatives import neighbourhood
from shadowing.solver.instance import compiled
from shadowing.solver.state import State
from tests import factories
from tests.factories import NOW, at, free

HOURS = "mon-fri 09:00-18:00"
TOPICS = ("sql", "pricing")


def drawn(dice: random.Random) -> Round:
    """About half of the guests are seated."""
    round = factories.round_(stage=Stage.REVIEWING, rules=_rules(dice))
    limits = dice.random() < 0.4
    homes = [_department(dice, limits) for _ in range(4)]
    people = [_person(dice, round, dice.choice(homes)) for _ in range(dice.randint(9, 14))]
    for person in people[1:]:
        person.manager_id = people[0].id if dice.random() < 0.2 else None
    for _ in range(dice.randint(3, 6)):
        _opening(dice, round, dice.sample(people, dice.choice([1, 1, 1, 2])))
    for person in dice.sample(people, len(people) - 2):
        _guest(dice, round, person, homes)
    for one, other in {tuple(sorted(dice.sample([person.id for person in people], 2))) for _ in range(2)}:
        db.session.add(Exclusion(person_id=one, other_id=other))
    db.session.flush()
    seat_some(dice, round)
    if dice.random() < 0.5:
        publish(round)
    return round


def _rules(dice: random.Random) -> RoundRules:
    often = 0.15
    drawn = {
        "own_department": dice.random() < often,
        "own_boss": dice.random() < often,
        "visits_most": dice.choice([1, 2, 2]),
        "visits_per_week_most": dice.choice([0, 0, 0, 1]),
        "guests_per_week_most": dice.choice([0, 0, 1, 2]),
        "half_days_most": dice.choice([0, 0, 2]),
        "wishes": "prefer" if dice.random() < often else "require",
        "away_most": dice.choice([0, 0, 0, 1]),
        "reciprocal": dice.choice(["off", "off", "off", "require"]),
        "travel_is_work": dice.random() < 0.5,
    }
    return typed.read(RoundRules, asdict(RoundRules()) | drawn)


def _department(dice: random.Random, limits: bool) -> Department:
    away, seated = dice.choice([None, 1]), dice.choice([None, 2])
    return factories.department(away_most=away if limits else None, seated_least=seated if limits else None)


def _person(dice: random.Random, round: Round, home: Department) -> Person:
    may = dice.choice([[], [], [], ["desk", "meeting"]])
    person = factories.person(department_=home, hours=HOURS, zone="Asia/Tokyo", may=may, site=dice.choice(["", "東京"]))
    for day in range(4):
        for begin, end in ((9, 12), (13, 18)):
            if dice.random() < 0.65:
                free(round, person, day, begin, end, level=dice.choice([2, 2, 1]))
    if dice.random() < 0.2:
        db.session.add(Hosting(round_id=round.id, person_id=person.id, half_days_most=1))
    return person


def _opening(dice: random.Random, round: Round, hosts: list[Person]) -> Opening:
    flexible = dice.random() < 0.5
    facts = {
        "kind": dice.choice([OpeningKind.DESK, OpeningKind.MEETING, OpeningKind.RIDE_ALONG]),
        "minutes": dice.choice([60, 90]),
        "seats": dice.randint(1, 2),
        "flexible": flexible,
        "topics": dice.choice([[], [TOPICS[0]]]),
        "most_per_week": dice.choice([None, 1, 2]),
        "travel_minutes": dice.choice([0, 0, 30]),
    }
    if facts["kind"] is OpeningKind.RIDE_ALONG:
        facts["customer_consent"] = dice.choice([Consent.YES, Consent.ASKED, Consent.NO])
    begin = at(dice.randint(0, 3), dice.choice([9, 10, 11, 13, 14, 16]))
    opening = factories.opening(round, *hosts, starts_at=None if flexible else begin, zone="Asia/Tokyo", **facts)
    if not flexible:
        factories.slot(opening, begin)
    return opening


def _guest(dice: random.Random, round: Round, person: Person, homes: list[Department]) -> Guest:
    facts = {"visits": dice.choice([1, 1, 2]), "surprise": dice.random() < 0.1}
    wishes = tuple(dice.sample(homes, dice.randint(1, 2)))
    guest = factories.guest(round, person, wishes, half_days_most=dice.choice([None, None, None, 1]), **facts)
    if dice.random() < 0.4:
        guest.goals.append(Goal(rank=3, topic=dice.choice(TOPICS)))
    return guest


def seat_some(dice: random.Random, round: Round) -> None:
    """One visit each, anywhere that breaks no rule beside those before."""
    problem = gather.problem(round, NOW)
    instance, seats = compiled(replace(problem, pins=())), list[p.Seat]()
    state = State(instance)
    for guest in problem.guests:
        row, plan = instance.roster.row[guest.person], neighbourhood(problem, seats)
        places = [instance.seat(row, slot) for slot in state.choices(row).slot.tolist()]
        fitting = [
            seat
            for seat in dice.sample(places, min(6, len(places)))
            if set(plan.broken(seat)) <= {"visits_are_returned"}
        ]
        if fitting and dice.random() < 0.85:
            seats.append(fitting[0])
            _seat(dice, round, fitting[0])
    db.session.flush()


def _seat(dice: random.Random, round: Round, seat: p.Seat) -> None:
    guest = db.session.query(Guest).filter_by(round_id=round.id, person_id=seat.guest).one()
    opening = db.session.get_one(Opening, seat.opening)
    begin = datetime.fromtimestamp(seat.start * 60, UTC)
    slot = next((slot for slot in opening.slots if slot.starts_at == begin), None)
    slot = slot or pairings.new_slot(opening, seat.start)
    factories.pairing(guest, slot, pinned=dice.random() < 0.2)


def publish(round: Round) -> None:
    round.stage = Stage.PUBLISHED
    for pairing in db.session.query(Pairing).filter_by(round_id=round.id):
        pairing.status = PairingStatus.PUBLISHED
    db.session.flush()
