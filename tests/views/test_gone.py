"""A visit still stands in the plan while something it is made of is gone: every page says what it can, and every deed is done
or refused with a sentence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.company import merging
from shadowing.extensions import db
from shadowing.models import Opening, Pairing, Stage
from tests import factories
from tests.faults import world
from tests.views.japan import Company, company
from tests.views.test_japanese import addresses, of

PAST = datetime.now(UTC) - timedelta(hours=1)


def the_opening(there: Company) -> Opening:
    return db.session.get_one(Pairing, there.ids["pairings"]).slot.opening


def withdrawn(there: Company) -> None:
    the_opening(there).withdrawn_at = PAST


def host_left(there: Company) -> None:
    there.host.left_at = PAST


def guest_left(there: Company) -> None:
    there.guest.left_at = PAST


def wants_nothing(there: Company) -> None:
    db.session.get_one(Pairing, there.ids["pairings"]).guest.visits = 0


def merged(there: Company) -> None:
    """The host's department goes into the guest's."""
    source, target = there.host.home, there.guest.home
    effects = merging.merge_effects(source, target)
    merging.merge(source, target, effects.told, there.hr, datetime.now(UTC))
    there.ids["departments"] = target.id


GONE: list[Callable[[Company], None]] = [withdrawn, host_left, guest_left, wants_nothing, merged]


def around(there: Company) -> Company:
    """A second guest in the second date of the meeting, to be swapped with."""
    opening = the_opening(there)
    other = factories.slot(opening, opening.slots[0].starts_at + timedelta(days=1))
    guest = factories.guest(there.round, wishes=(opening.department,))
    world.free(there.round, guest.person, 1, 2, 3)
    there.ids["other"] = factories.pairing(guest, other).id
    return there


PAGES = ("/rounds", "/guests", "/slots", "/openings", "/my", "/people/")


@pytest.mark.slow
@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("stage", [Stage.REVIEWING, Stage.PUBLISHED])
def test_every_page_still_opens(app: Flask, session: Session, stage: Stage, gone: Callable[[Company], None]) -> None:
    there = company(stage)
    gone(there)
    session.commit()

    broken = {
        path: answer.status_code
        for _, path, reader in addresses(app, "GET", there)
        if path == "/" or path.startswith(PAGES)
        if (answer := of(app, reader).get(path)).status_code >= 500
    }

    assert broken == {}


def place(opening: Opening) -> dict[str, str]:
    return {"opening": str(opening.id), "start": str(int(opening.slots[0].starts_at.timestamp() // 60))}


def deeds(there: Company) -> list[tuple[str, dict[str, Any]]]:
    """Every button that works on a pairing, its slot or its opening, what takes most away last."""
    opening, workshop = the_opening(there), db.session.query(Opening).filter_by(kind="workshop").one()
    pairing, guest = there.ids["pairings"], there.ids["guests"]
    slot, later = f"/slots/{there.ids['slots']}", opening.slots[0].starts_at + timedelta(days=1, hours=1)
    moved = {"day": f"{later.date()}", "clock": "15:00", "seen": ""}
    round, own = f"/rounds/{there.round.id}", f"/openings/{opening.id}"
    preview = {"version": str(there.round.version), "stamp": datetime.now(UTC).replace(microsecond=0).isoformat()}
    return [
        (f"{round}/publish", preview),
        (f"/pairings/{pairing}/unpin", {}),
        (f"/pairings/{pairing}/pin", {}),
        (f"{slot}/reschedule", moved),
        (f"/pairings/{pairing}/swap", {"other": str(there.ids["other"])}),
        (f"/pairings/{there.ids['other']}/move", place(workshop)),
        (f"/guests/{guest}/place", place(workshop)),
        (f"/pairings/{pairing}/move", place(opening)),
        (f"/pairings/{pairing}/move", place(workshop)),
        (f"{round}/pairings/undo", {}),
        (f"{round}/place-again", {}),
        (f"{own}/seats", {"seats": "1"}),
        (f"{own}/offer-again", {}),
        (f"{own}/withdraw", {}),
        (f"/guests/{guest}/answer/refuse", {"host": str(there.host.id), "why": ""}),
        (f"{slot}/call-off", {}),
        (f"/pairings/{pairing}/remove", {}),
        (f"{round}/solve", {"seconds": "10", "sure": "yes"}),
    ]


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("stage", [pytest.param(Stage.REVIEWING, marks=pytest.mark.slow), Stage.PUBLISHED])
def test_every_deed_is_done_or_refused(
    app: Flask, session: Session, stage: Stage, gone: Callable[[Company], None]
) -> None:
    there = around(company(stage))
    gone(there)
    session.commit()

    answers = {path: of(app, there.hr).post(path, data=form).status_code for path, form in deeds(there)}

    assert {path: status for path, status in answers.items() if status not in (303, 404, 409, 422)} == {}
