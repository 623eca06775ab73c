"""Nobody can infer from a page or a mail that two people are kept apart: pages and mails with and without it are compared byte by
byte. What the solver and the refusals say is walked in `tests/solver/test_nothing_private.py`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from shadowing.extensions import db, settings
from shadowing.mail import letters, outbox, reasons
from shadowing.matching import why
from shadowing.models import Base, Exclusion, Guest, HostRefusal, Opening, PairingStatus, Person, Stage
from shadowing.solver.explain import Code
from tests import factories
from tests.factories import NOW
from tests.views.japan import company
from tests.views.test_answers import my
from tests.views.test_japanese import addresses, of
from tests.views.test_rounds import SOON, future_round

OF_HR_ALONE = {"exclusions.index", "trail.index"}
"""The page where HR keeps people apart, and the audit, in which HR alone reads that somebody did."""


def read(client: FlaskClient, path: str, *statuses: int) -> bytes:
    """A page without what each look has of its own: a lot that is drawn, and the instant that a preview bears."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code in statuses, (path, answer.status_code)
    return re.sub(rb'name="csrf_token" value="[^"]*"|\b20\d\d-\d\d-\d\dT[\w:.%+-]+', b"", answer.data)


@pytest.mark.slow
@pytest.mark.parametrize("stage", [Stage.COLLECTING, Stage.REVIEWING, Stage.PUBLISHED])
def test_no_page_and_no_mail_tells_of_somebody_who_is_kept_apart(app: Flask, session: Session, stage: Stage) -> None:
    there = company(stage)
    session.execute(delete(Exclusion))
    session.commit()
    walked = {path: (endpoint, of(app, reader)) for endpoint, path, reader in addresses(app, "GET", there)}
    without = {path: read(client, path, 200, 404, 409, 410) for path, (_, client) in walked.items()}
    said = {"one": there.silent.email, "other": there.host.email}
    assert of(app, there.hr).post("/exclusions", data=said).status_code == 303

    differing = {
        endpoint
        for path, (endpoint, client) in walked.items()
        if read(client, path, 200, 404, 409, 410) != without[path]
    }

    assert len(without) > 80
    assert differing == OF_HR_ALONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """*guest* wishes for the one meeting of *host*, where a seat beside *fellow* is free."""

    guest: Guest
    host: Person
    fellow: Person
    opening: Opening

    def private(self) -> dict[str, Base]:
        """What may stand between *guest* and the seat, each as its row."""
        refused = {"guest_id": self.guest.id, "host_id": self.host.id, "why": "a secret", "at": NOW}
        return {
            "apart from the host": _apart(self.guest.person, self.host),
            "apart from who sits there": _apart(self.guest.person, self.fellow),
            "refused by the host": HostRefusal(**refused),
        }


def _apart(one: Person, other: Person) -> Exclusion:
    low, high = sorted((one.id, other.id))
    return Exclusion(person_id=low, other_id=high)


def wished(stage: Stage) -> Wished:
    round, host = future_round(stage), factories.person("host", display_name="Hester Host")
    begin = datetime.combine(SOON + timedelta(days=7 - SOON.weekday()), datetime.min.time(), UTC) + timedelta(hours=2)
    opening = factories.opening(round, host, starts_at=begin)
    names = {"guest": "Gina Guest", "fellow": "Fritz Fellow"}
    guest, fellow = (
        factories.guest(round, factories.person(code, display_name=name), (host.home,)) for code, name in names.items()
    )
    for person in (guest.person, fellow.person):
        factories.free_at(round, person, begin, begin + timedelta(hours=2))
    status = PairingStatus.PUBLISHED if stage is Stage.PUBLISHED else PairingStatus.PLANNED
    factories.pairing(fellow, factories.slot(opening), status=status)
    db.session.commit()
    return Wished(guest=guest, host=host, fellow=fellow.person, opening=opening)


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_a_guest_and_a_host_read_the_same_whatever_is_private(app: Flask, session: Session, locale: str) -> None:
    there = wished(Stage.PUBLISHED)
    round, guest = there.guest.round, there.guest
    for person in (guest.person, there.host, there.fellow):
        person.locale = locale
    found: dict[str, list[bytes]] = {}
    for name, row in there.private().items():
        session.add(row)
        why.look_again(round, datetime.now(UTC))
        session.commit()
        pages = [
            read(app.test_client(), my(person, round, page), 200)
            for person in (guest.person, there.host, there.fellow)
            for page in ("", "/thanks", "/visits", "/openings")
        ]
        found[name] = [*pages, outbox.render(letters.missing(guest, NOW), settings()).as_bytes()]
        session.delete(row)

    assert len({tuple(pages) for pages in found.values()}) == 1
    own = found["apart from the host"][2].decode()
    assert reasons.WHY[Code.FULL] in own or locale == "ja"
    assert [name for name in ("Hester", "Fritz") if name in own] == []


def test_hr_reads_the_same_of_a_guest_whatever_is_private(hr: FlaskClient, session: Session) -> None:
    there = wished(Stage.REVIEWING)
    round, guest, day = there.guest.round, there.guest.id, (there.opening.starts_at or NOW).date()
    paths = (
        f"/rounds/{round.id}/pairings",
        f"/rounds/{round.id}/unmatched",
        f"/rounds/{round.id}/publish?person={there.guest.person_id}",
        f"/guests/{guest}/alternatives",
        f"/guests/{guest}/trial?opening={there.opening.id}&day={day}",
    )
    found: dict[str, list[bytes]] = {}
    for name, row in there.private().items():
        session.add(row)
        why.look_again(round, datetime.now(UTC))
        session.commit()
        placed = hr.post(f"/guests/{guest}/place", data={"opening": there.opening.id, "start": _start(there.opening)})
        assert placed.status_code == 422
        found[name] = [*(read(hr, path, 200) for path in paths), placed.data]
        session.delete(row)

    assert len({tuple(pages) for pages in found.values()}) == 1
    for page in found["apart from the host"][3:]:
        assert b"Fritz" not in page
    assert b"There is no other place that keeps all rules of this round." in found["apart from the host"][3]


def _start(opening: Opening) -> int:
    assert opening.starts_at
    return int(opening.starts_at.timestamp() // 60)
