"""The customer of a ride-along is named to HR, to its hosts, and to its guest once the customer has agreed and the guest has
promised to keep it to themselves: every page, mail, calendar and workbook is searched for words that could name them."""

import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.extensions import db, settings
from shadowing.mail import links, outbox
from shadowing.mail.letters import keep
from shadowing.models import (
    Consent,
    Invitation,
    Letter,
    LetterState,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Riding,
    SeatOffer,
    Stage,
)
from shadowing.models.swaps import SwapOffer, SwapState
from shadowing.views import feeds
from shadowing.visiting import briefs, invitations, offering, ride_alongs
from tests.conftest import SECRET
from tests.views.japan import SENDER, Company, company
from tests.views.test_japanese import addresses, of

MARK = "髙﨑Acme𠮷"


@dataclass(frozen=True, slots=True)
class Told:
    there: Company
    opening: Opening
    known_before: int


def ride(consent: Consent, promised: bool) -> Told:
    """The visit of the company is a ride-along; a seat in it is on offer to somebody who waits."""
    there = company(Stage.PUBLISHED)
    opening = db.session.get_one(Pairing, there.ids["pairings"]).slot.opening
    before = max(db.session.scalars(select(Letter.id)))
    opening.kind, opening.customer_consent = OpeningKind.RIDE_ALONG, consent
    opening.title, opening.place, opening.preparation, opening.note = MARK, f"{MARK} 9F", f"{MARK} 2026", f"({MARK})"
    opening.riding = Riding(
        meeting_point=MARK, driver=MARK, dress=MARK, guest_does=MARK, customer_knows=MARK, phone=MARK
    )
    db.session.get_one(SwapOffer, there.ids["swaps"]).state = SwapState.DONE  # of nobody with nobody else
    db.session.flush()
    now = datetime.now(UTC) + timedelta(hours=2)
    invitations.tell(there.round, now, SENDER, now)
    if promised:
        ride_alongs.promise(db.session.get_one(Invitation, there.ids["visits"]), now)
    offer = db.session.get_one(SeatOffer, there.ids["offers"])
    mail = offering.letter_of(offer, 0, now)
    mail.key += ":again"
    keep([mail, *(one.write() for one in briefs.planned(there.round, now))])
    there.guest.feed_version = 1
    there.host.home.feed_version = 1
    db.session.commit()
    return Told(there, opening, before)


def words(content: bytes) -> str:
    """Of a page, a calendar with its lines unfolded, or a workbook."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.replace(b"\r\n ", b"").decode(errors="replace")


def shows(client: FlaskClient, path: str) -> bool:
    with client.get(path) as answer:
        assert answer.status_code < 500, path
        return MARK in words(answer.data)


def feed(person: Person) -> str:
    return f"/feeds/mine/{links.sign(SECRET, feeds.OWN, person.id, person.feed_version)}.ics"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("consent", "promised"), [(Consent.ASKED, True), (Consent.YES, False), (Consent.YES, True)], ids=str
)
def test_only_hr_the_hosts_and_a_guest_who_may_know_read_the_customer(
    app: Flask, session: Session, consent: Consent, promised: bool
) -> None:
    told = ride(consent, promised)
    there, knows = told.there, consent is Consent.YES and promised
    may_read = {there.host.code} | ({there.guest.code} if knows else set())

    pages = {
        (reader.code, endpoint)
        for reader in there.readers
        for endpoint, path in own_pages(app, there, reader)
        if shows(of(app, None), path)
    }
    mails = {
        (letter.person.code, letter.kind)
        for letter in session.scalars(select(Letter).where(Letter.id > told.known_before))
        if MARK in said(letter)
    }

    assert {reader for reader, _ in pages} == may_read
    assert {reader for reader, _ in mails} == may_read
    assert ((there.guest.code, "visits.calendar") in pages) is knows
    for _, path, _ in addresses(app, "GET", there):
        if not path.startswith("/my/"):
            assert not shows(of(app, None), path), path
    home = there.host.home
    assert not shows(of(app, None), f"/feeds/department/{links.sign(SECRET, feeds.DEPARTMENT, home.id, 1)}.ics")
    hold_back(there)
    assert shows(of(app, None), feed(there.guest)) is knows
    for path in (f"/openings/{told.opening.id}", f"/rounds/{there.round.id}/files/openings.xlsx"):
        assert shows(of(app, there.hr), path), path
        assert not shows(of(app, None), path), path


def hold_back(there: Company) -> None:
    """The guest's last mails, so that the visit is in the calendar that they subscribe to."""
    mine = select(Letter).where(Letter.person_id == there.guest.id, Letter.invitation_id.is_not(None))
    for letter in db.session.scalars(mine):
        letter.state = LetterState.HELD
    db.session.commit()


def own_pages(app: Flask, there: Company, reader: Person) -> list[tuple[str, str]]:
    """What the reader can open: with the visit that is theirs, where they have one."""
    mine = db.session.scalar(select(Invitation.id).where(Invitation.person_id == reader.id)) or 0
    theirs = {**there.ids, "visits": mine or there.ids["visits"]}
    company_of = Company(**{**vars(there), "ids": theirs})
    start = f"/my/{there.token(reader)}"
    found = [(name, path) for name, path, _ in addresses(app, "GET", company_of) if path.startswith(start)]
    assert len(found) > 10
    return [*found, ("visits.calendar", f"{start}/visits/{company_of.ids['visits']}.ics")]


def said(letter: Letter) -> str:
    """All of a mail as it leaves the house, and what its row keeps."""
    mail = outbox.render(letter, settings())
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return words(b"\n".join(one for one in parts if isinstance(one, bytes))) + f"{mail['Subject']} {letter.facts_json}"
