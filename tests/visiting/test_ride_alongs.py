"""A ride-along: what is said of the customer before and after their word, and the way there as a part of the calendar."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import outbox, text
from shadowing.mail.letters import Sender
from shadowing.models import (
    BY_ITSELF,
    Answer,
    Consent,
    FreeSeat,
    Letter,
    LetterKind,
    LetterState,
    OpeningKind,
    Person,
    Riding,
    SeatOffer,
)
from shadowing.visiting import answers, briefs, offering, ride_alongs
from tests import factories as make
from tests.factories import NOW, at
from tests.postbox import calendar_of, parsed
from tests.visiting.test_invitations import Visit, letters_to, of

HOUR = timedelta(hours=1)
NAME, PLACE, NOTE = "髙﨑 Acme Corp", "Acme tower, 9th floor", "Acme wants to see the catalogue"


def ride(consent: Consent | None = Consent.ASKED, travel: int = 30) -> Visit:
    visit = Visit()
    opening = visit.opening
    opening.kind, opening.customer_consent, opening.travel_minutes = OpeningKind.RIDE_ALONG, consent, travel
    opening.title, opening.place, opening.preparation = NAME, PLACE, NOTE
    return visit.told()


def sent(session: Session) -> None:
    """All letters have gone."""
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.flush()


def sent_to(app: Flask, letter: Letter) -> bytes:
    return outbox.to_bytes(letter, app.extensions["settings"])


def event(app: Flask, person: Person) -> dict[str, object]:
    told = [one for one in letters_to(person) if one.kind not in BY_ITSELF]
    calendar = Calendar.from_ical(calendar_of(parsed(sent_to(app, told[-1]))))
    return dict(calendar.walk("VEVENT")[0])


def said(app: Flask, letter: Letter) -> str:
    written = text.write(letter, Sender.of(app.extensions["settings"]))
    calendar = f"{written.calendar.summary} {written.calendar.description}" if written.calendar else ""
    return f"{written.subject} {written.body} {written.html} {calendar}"


@pytest.mark.parametrize("consent", [None, Consent.ASKED, Consent.NO])
def test_before_the_customers_yes_nothing_is_firm_and_no_mail_to_the_guest_names_them(
    app: Flask, session: Session, consent: Consent | None
) -> None:
    visit = ride(consent)
    for day in (-7, -1, 0):
        briefs.plan(visit.round.id, at(day, 12))

    assert len(letters_to(visit.guest)) == 5
    for letter in letters_to(visit.guest):
        assert "Acme" not in said(app, letter)
        assert "Acme" not in str(letter.facts_json)
    assert event(app, visit.guest)["STATUS"] == "TENTATIVE"


def test_a_hosts_calendar_is_tentative_and_names_no_customer_either_but_their_mail_does(
    app: Flask, session: Session
) -> None:
    visit = ride()

    held = event(app, visit.host)

    assert held["STATUS"] == "TENTATIVE"
    assert not [name for name, value in held.items() if "Acme" in str(value)]
    assert PLACE in said(app, letters_to(visit.host)[-1])


def test_with_the_yes_a_guest_who_has_promised_gets_an_update_with_everything_and_is_asked_anew(
    app: Flask, session: Session
) -> None:
    visit = ride()
    ride_alongs.promise(of(visit.guest)[0], NOW)
    answers.on_the_page(of(visit.guest)[0], Answer.YES, NOW)
    visit.opening.customer_consent = Consent.YES

    assert visit.tell(NOW + HOUR) == {LetterKind.CHANGE: 2}

    for person in (visit.guest, visit.host):
        held = event(app, person)
        assert (held["STATUS"], held["SEQUENCE"], held["LOCATION"]) == ("CONFIRMED", 1, PLACE)
        assert "Acme" not in str(held["SUMMARY"])
    assert of(visit.guest)[0].answer is Answer.NONE
    mail = said(app, letters_to(visit.guest)[-1])
    assert all(part in mail for part in ("The customer has agreed", NAME, PLACE, NOTE))


def test_after_the_yes_no_mail_names_the_customer_to_a_guest_who_has_not_promised(app: Flask, session: Session) -> None:
    visit = ride()
    visit.opening.customer_consent = Consent.YES

    visit.tell(NOW + HOUR)
    sent(session)
    for day in (-7, -1, 0):
        briefs.plan(visit.round.id, at(day, 12))

    assert len(letters_to(visit.guest)) >= 4
    for letter in letters_to(visit.guest):
        assert "Acme" not in said(app, letter) + str(letter.facts_json)
    held = event(app, visit.guest)
    assert (held["STATUS"], held["SEQUENCE"], held.get("LOCATION")) == ("CONFIRMED", 1, None)
    assert "told once you have promised to keep it to yourself" in said(app, letters_to(visit.guest)[1])
    assert event(app, visit.host)["LOCATION"] == PLACE


def test_with_the_promise_the_guest_alone_is_told_everything_at_once(app: Flask, session: Session) -> None:
    visit = ride(Consent.YES)
    before = len(letters_to(visit.host))

    ride_alongs.promise(of(visit.guest)[0], NOW + HOUR)
    ride_alongs.promise(of(visit.guest)[0], NOW + HOUR)

    held = event(app, visit.guest)
    assert (held["STATUS"], held["SEQUENCE"], held["LOCATION"]) == ("CONFIRMED", 1, PLACE)
    assert len(letters_to(visit.guest)) == before + 1 == len(letters_to(visit.host)) + 1
    mail = said(app, letters_to(visit.guest)[-1])
    assert all(part in mail for part in ("Thank you: now you read whom you visit", NAME, PLACE, NOTE))
    assert "still open" not in mail


def test_what_hr_has_not_told_of_a_visit_is_not_told_by_a_promise(app: Flask, session: Session) -> None:
    visit = ride()
    visit.opening.customer_consent = Consent.YES
    session.flush()

    ride_alongs.promise(of(visit.guest)[0], NOW + HOUR)
    assert "Acme" not in said(app, letters_to(visit.guest)[-1])

    assert visit.tell(NOW + 2 * HOUR) == {LetterKind.CHANGE: 2}
    assert PLACE in said(app, letters_to(visit.guest)[-1])


def test_a_promise_holds_at_another_time_of_the_same_ride_along_and_for_no_other_guest(
    app: Flask, session: Session
) -> None:
    visit = ride(Consent.YES)
    ride_alongs.promise(of(visit.guest)[0], NOW)
    sent(session)
    other = visit.add_guest()
    visit.pairing.slot = make.slot(visit.opening, starts_at=at(2, 10), ends_at=at(2, 11))

    visit.tell(NOW + HOUR)

    held = event(app, visit.guest)
    assert (held["LOCATION"], held["DTSTART"].dt) == (PLACE, at(2, 9, 30))  # type: ignore[attr-defined] # icalendar's
    assert "Acme" not in said(app, letters_to(other.guest.person)[-1])


def test_somebody_who_is_offered_a_free_seat_reads_no_customer(app: Flask, session: Session) -> None:
    visit = ride(Consent.YES)
    waiting = make.guest(visit.round)
    seat = FreeSeat(slot=visit.slot, opened_at=NOW)
    offer = SeatOffer(seat=seat, guest=waiting, rank=1, wave=1, offered_at=NOW, until=NOW + HOUR)
    session.add_all([seat, offer])
    session.flush()

    letter = offering.letter_of(offer, 0, NOW)

    assert "Acme" not in said(app, letter) + str(letter.facts_json)


def test_a_yes_taken_back_is_told_and_masks_everything_again(app: Flask, session: Session) -> None:
    visit = ride(Consent.YES)
    ride_alongs.promise(of(visit.guest)[0], NOW)
    sent(session)
    visit.opening.customer_consent = Consent.ASKED

    assert visit.tell(NOW + HOUR) == {LetterKind.CHANGE: 2}

    held = event(app, visit.guest)
    assert (held["STATUS"], held["SEQUENCE"], held.get("LOCATION")) == ("TENTATIVE", 2, None)
    assert "Acme" not in said(app, letters_to(visit.guest)[-1])


def test_the_calendar_holds_the_way_and_its_text_the_visit(app: Flask, session: Session) -> None:
    visit = ride(Consent.YES, travel=45)

    for person in (visit.guest, visit.host):
        held = event(app, person)
        begin, end = (held[name].dt for name in ("DTSTART", "DTEND"))  # type: ignore[attr-defined] # icalendar's
        assert (begin, end) == (at(1, 9, 15), at(1, 11, 45))
        assert "10:00–11:00" in str(held["DESCRIPTION"])
        assert "09:15" in str(held["DESCRIPTION"])


def test_another_way_is_another_time_in_the_calendar(app: Flask, session: Session) -> None:
    visit = ride(Consent.YES)
    visit.opening.travel_minutes = 60

    assert visit.tell(NOW + HOUR) == {LetterKind.CHANGE: 2}
    assert event(app, visit.guest)["SEQUENCE"] == 1


def test_other_kinds_are_firm_and_keep_the_way_out_of_the_calendar(app: Flask, session: Session) -> None:
    visit = Visit()
    visit.opening.travel_minutes = 30
    visit.told()

    held = event(app, visit.guest)

    assert (held["STATUS"], held["DTSTART"].dt) == ("CONFIRMED", at(1, 10))  # type: ignore[attr-defined] # icalendar's
    assert make.revision_of(letters_to(visit.guest)[-1]).entry.way_minutes == 0


ON_THE_WAY = Riding(
    meeting_point="West gate 髙﨑",
    driver="d'Artagnan",
    car_seats=4,
    dress="Suit",
    cards=True,
    guest_does="Listens 🙂",
    customer_knows="A colleague comes along",
    phone="+81 90 1234 5678",
)
SAID = (
    "West gate",
    "Who drives",
    "Seats in the car",
    "Suit",
    "Please bring some",
    "Listens",
    "A colleague comes along",
)


def test_how_one_gets_there_is_told_with_the_promise_and_the_phone_from_the_day_before(
    app: Flask, session: Session
) -> None:
    visit = ride(Consent.YES)
    visit.opening.riding = ON_THE_WAY
    visit.tell(NOW + HOUR)
    assert not [one for one in letters_to(visit.guest) if "West gate" in said(app, one)]

    ride_alongs.promise(of(visit.guest)[0], NOW + 2 * HOUR)
    sent(session)
    told = said(app, letters_to(visit.guest)[-1])
    for day in (-7, -1, 0):
        briefs.plan(visit.round.id, at(day, 12))

    assert all(word in told for word in SAID)
    phoned = {one.kind for one in letters_to(visit.guest) if ON_THE_WAY.phone in said(app, one)}
    assert phoned == {LetterKind.DAY_BEFORE, LetterKind.THIS_MORNING}
    assert "West gate" in str(event(app, visit.guest)["DESCRIPTION"])


def test_a_debrief_makes_both_calendars_that_much_longer(app: Flask, session: Session) -> None:
    visit = ride(Consent.ASKED, travel=30)
    visit.opening.riding = Riding(debrief=True)

    assert visit.tell(NOW + HOUR) == {LetterKind.CHANGE: 2}

    for person in (visit.guest, visit.host):
        held = event(app, person)
        assert (held["DTEND"].dt, held["SEQUENCE"]) == (at(1, 11, 45), 1)  # type: ignore[attr-defined] # icalendar's
        assert "Right afterwards 15 minutes" in str(held["DESCRIPTION"])


def test_what_is_said_of_the_way_goes_with_another_kind(app: Flask, session: Session) -> None:
    visit = Visit()
    visit.opening.riding = replace(ON_THE_WAY, debrief=True)
    visit.told()

    held = event(app, visit.guest)

    assert held["DTEND"].dt == at(1, 11)  # type: ignore[attr-defined] # icalendar's
    assert "West gate" not in said(app, letters_to(visit.guest)[-1])
