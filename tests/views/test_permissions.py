"""The permission table: every route, who may call it, and what of whom. A route without its row fails the build.

*everyone* needs nothing, *hr* a signed-in HR person, *participant* a personal link; *own* objects are those of the link's
owner, everybody else's do not exist for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from shadowing.company import people
from shadowing.folders import lists_handed
from shadowing.mail import letters, links
from shadowing.mail.letters import Sender
from shadowing.models import (
    AnotherTime,
    Answer,
    BusyCalendar,
    Exclusion,
    FreeSeat,
    Invitation,
    Journey,
    MailOutcome,
    PairingStatus,
    Person,
    PlaceRequest,
    Round,
    SeatOffer,
    Stage,
)
from shadowing.models.swaps import SwapOffer, SwapState
from shadowing.visiting import answers, invitations
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.conftest import SECRET
from tests.factories import NOW, at
from tests.views.conftest import Digest

EVERYONE, HR, PARTICIPANT, OWN = "everyone", "hr", "participant", "own"
TABLE = {
    "static": EVERYONE,
    "auth.ask": EVERYONE,
    "auth.confirm": EVERYONE,
    "auth.send_key": EVERYONE,
    "auth.send_links": EVERYONE,
    "auth.sent": EVERYONE,
    "auth.sign_out": HR,
    "auth.spend_key": EVERYONE,
    "home.healthz": EVERYONE,
    "language.switch": EVERYONE,
    "visits.show": EVERYONE,
    "whom.ask": EVERYONE,
    "whom.join": EVERYONE,
    "whom.sent": EVERYONE,
    "answers.repeat": PARTICIPANT,
    "answers.save": PARTICIPANT,
    "answers.show": PARTICIPANT,
    "answers.thanks": PARTICIPANT,
    "feeds.mine": EVERYONE,
    "feeds.of_department": EVERYONE,
    "feeds.renew": PARTICIPANT,
    "feeds.renew_of": HR,
    "calendars.again": PARTICIPANT,
    "calendars.remove": PARTICIPANT,
    "openings.mine": PARTICIPANT,
    "openings.decline": PARTICIPANT,
    "openings.limit": PARTICIPANT,
    "openings.new": PARTICIPANT,
    "openings.offer": PARTICIPANT,
    "openings.change": OWN,
    "openings.edit": OWN,
    "openings.withdraw": OWN,
    "meeting_dates.change": OWN,
    "meeting_dates.show": OWN,
    "visit_answers.ask_another_time": OWN,
    "visit_answers.ask_decline": OWN,
    "visit_answers.ask_undo": OWN,
    "visit_answers.decline": OWN,
    "visit_answers.propose": OWN,
    "visit_answers.seal": OWN,
    "visit_answers.undo": OWN,
    "offers.decline": OWN,
    "offers.mine": PARTICIPANT,
    "offers.others": OWN,
    "offers.take": OWN,
    "offers.take_instead": OWN,
    "held_answers.say": OWN,
    "swaps.answer": OWN,
    "swaps.choose": OWN,
    "swaps.decide": OWN,
    "swaps.mine": PARTICIPANT,
    "swaps.propose": OWN,
    "swaps.take_back": OWN,
    "ride_alongs.consent": OWN,
    "ride_alongs.promise": OWN,
    "ride_alongs.stop": OWN,
    "visits.answer": OWN,
    "outcomes.say": OWN,
    "visits.calendar": OWN,
    "visits.mine": PARTICIPANT,
    "aims.index": HR,
    "aims.keep_sentence": HR,
    "aims.sentence": HR,
    "aims.set_goal": HR,
    "reflections.mine": PARTICIPANT,
    "reflections.department": PARTICIPANT,
    "reflections.send": OWN,
    "reflections.show": OWN,
    "reflections.thank": OWN,
    "reflections.of_round": HR,
    "reflections.release": HR,
    "reflections.withhold": HR,
    "contracts.index": HR,
    "contracts.remove": HR,
    "contracts.save": HR,
    "departments.add": HR,
    "departments.change": HR,
    "departments.edit": HR,
    "departments.index": HR,
    "departments.merge": HR,
    "departments.merge_into": HR,
    "departments.new": HR,
    "departments.remove": HR,
    "cancellation.ask": HR,
    "cancellation.cancel": HR,
    "cancellation.delete_draft": HR,
    "doctor.begin": HR,
    "doctor.end": HR,
    "doctor.go_on": HR,
    "doctor.index": HR,
    "doctor.show": HR,
    "exclusions.add": HR,
    "exclusions.index": HR,
    "exclusions.remove": HR,
    "home.show": HR,
    "joiners.ask": HR,
    "joiners.show": HR,
    "letters.correct": HR,
    "letters.download": HR,
    "holding.pause": HR,
    "holding.release": HR,
    "holding.resume": HR,
    "letters.html": HR,
    "letters.index": HR,
    "letters.send_again": HR,
    "letters.send_to_me": HR,
    "previews.html": HR,
    "previews.send_to_me": HR,
    "mail_aliases.add": HR,
    "mail_aliases.index": HR,
    "mail_aliases.remove": HR,
    "briefs.show": HR,
    "briefs.switch": HR,
    "mailings.show": HR,
    "letters.show": HR,
    "received.download": HR,
    "received.index": HR,
    "received.put_aside": HR,
    "received.show": HR,
    "round_answers.allow": HR,
    "round_answers.ask_type_in": HR,
    "round_answers.choose_person": HR,
    "round_answers.close": HR,
    "round_answers.index": HR,
    "round_answers.refuse": HR,
    "round_answers.reopen": HR,
    "round_answers.show": HR,
    "round_answers.take_back": HR,
    "round_answers.type_in": HR,
    "open_as.answer": HR,
    "open_as.begin": HR,
    "open_as.elsewhere": HR,
    "open_as.their_visits": HR,
    "round_folders.check": HR,
    "round_folders.choose": HR,
    "round_folders.download": HR,
    "round_folders.take_in": HR,
    "round_lists.check": HR,
    "round_lists.choose": HR,
    "round_lists.take_in": HR,
    "round_openings.change": HR,
    "round_openings.choose_host": HR,
    "round_openings.consent": HR,
    "round_openings.edit": HR,
    "round_openings.index": HR,
    "round_openings.new": HR,
    "round_openings.offer_again": HR,
    "round_openings.offer_for": HR,
    "round_openings.set_seats": HR,
    "round_openings.show": HR,
    "round_openings.withdraw": HR,
    "pairings.alternatives": HR,
    "pairings.back": HR,
    "pairings.board": HR,
    "pairings.move": HR,
    "pairings.pin": HR,
    "pairings.place": HR,
    "pairings.progress": HR,
    "pairings.remove": HR,
    "pairings.solve": HR,
    "pairings.stop": HR,
    "pairings.swap": HR,
    "pairings.undo": HR,
    "pairings.unmatched": HR,
    "pairings.unpin": HR,
    "people.add": HR,
    "people.away": HR,
    "people.change": HR,
    "people.edit": HR,
    "people.grant": HR,
    "people.index": HR,
    "people.leave": HR,
    "people.let_go": HR,
    "people.new": HR,
    "people.pause": HR,
    "people.resume": HR,
    "people.revoke": HR,
    "people.running": HR,
    "people.show": HR,
    "people.take_back": HR,
    "lists.take_in": HR,
    "lists.check": HR,
    "lists.choose": HR,
    "lists.errors": HR,
    "lists.follow": HR,
    "lists.template": HR,
    "lists.undo": HR,
    "rounds.ask": HR,
    "rounds.ask_reopen": HR,
    "rounds.ask_tell": HR,
    "rounds.change": HR,
    "rounds.close": HR,
    "rounds.collect": HR,
    "rounds.create": HR,
    "rounds.early": HR,
    "rounds.edit": HR,
    "rounds.end": HR,
    "rounds.new": HR,
    "rounds.nudge": HR,
    "rounds.publish": HR,
    "rounds.reopen": HR,
    "rounds.run": HR,
    "rounds.send_ask": HR,
    "rounds.send_nudge": HR,
    "rounds.send_publish": HR,
    "rounds.show": HR,
    "rounds.tell": HR,
    "sites.index": HR,
    "sites.remove": HR,
    "sites.set_minutes": HR,
    "dropouts.give": HR,
    "dropouts.ill": HR,
    "dropouts.lose": HR,
    "dropouts.moved": HR,
    "dropouts.one_visit": HR,
    "dropouts.show": HR,
    "dropouts.take_back": HR,
    "repairs.limit": HR,
    "repairs.look": HR,
    "repairs.put_aside": HR,
    "repairs.show": HR,
    "repairs.take": HR,
    "outcomes.decide": HR,
    "slots.call_off": HR,
    "slots.place_again": HR,
    "slots.reschedule": HR,
    "slots.show": HR,
    "takeaway.download": HR,
    "takeaway.people": HR,
    "swaps.allow": HR,
    "takeaway.show": HR,
    "trail.download": HR,
    "trail.index": HR,
    "trials.show": HR,
    "waiting.agree": HR,
    "waiting.disagree": HR,
    "waiting.free_seat": HR,
    "waiting.hand": HR,
    "waiting.offer": HR,
    "waiting.set_asking": HR,
    "waiting.show": HR,
    "waiting.stop": HR,
    "whom.choose": HR,
    "whom.show": HR,
}
NO_ROUTES_FOR_THEM = (401, 403, 404, 410)


@dataclass(frozen=True)
class World:
    """Two rounds; in the published one a guest visits a host, in the other one people still answer."""

    published: Round
    collecting: Round
    guest: Person
    host: Person
    stranger: Person
    ids: dict[str, int]

    def link(self, person: Person, round: Round) -> str:
        return links.sign(SECRET, "personal", person.id, person.link_version, round.id)


@pytest.fixture
def world(session: Session) -> World:
    round, collecting = factories.round_(stage=Stage.PUBLISHED), factories.round_(title="Later")
    guest, host, stranger = (
        factories.person(name, display_name=f"Somebody {name}") for name in ("guest", "host", "stranger")
    )
    seat = factories.guest(round, guest, (host.home,))
    slot = factories.slot(factories.opening(round, host))
    pairing = factories.pairing(seat, slot, status=PairingStatus.PUBLISHED)
    for person in (guest, host, stranger):
        factories.guest(collecting, person, answered_at=None)
    sender = Sender(secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
    invitations.tell(round, NOW, sender, NOW)
    session.flush()
    offered = factories.opening(collecting, host, starts_at=at(2, 10))
    letter = letters.ask([seat], NOW + timedelta(days=1))[0]
    session.flush()
    journey = Journey(site="Osaka", other_site="Tokyo", minutes=150)
    session.add(journey)
    kept_apart = Exclusion(person=guest, other=stranger)
    session.add(kept_apart)
    handed = lists_handed.hand_over("list.csv", b"", b"", {}, None, NOW)
    session.flush()
    calendar = BusyCalendar(round=collecting, person=guest, asked_at=NOW, spans=())
    session.add(calendar)
    session.flush()
    invitation = session.scalars(select(Invitation).where(Invitation.person_id == guest.id)).one()
    wish = AnotherTime(starts_at=at(3, 9), ends_at=at(3, 10))
    answers.take(invitation, NewAnswer(answer=Answer.NONE, another_time=wish), NOW)
    free = FreeSeat(slot=slot, opened_at=NOW, wave=1)
    to_guest = SeatOffer(seat=free, guest=seat, wave=1, rank=1, offered_at=NOW, until=at(0, 10))
    asked = PlaceRequest(invitation=invitation, opening=slot.opening, starts_at=at(3, 10), asked_at=NOW)
    same = {"mine": invitation, "theirs": invitation, "mine_revision": 0, "theirs_revision": 0}
    swap = SwapOffer(**same, asked_at=NOW, until=at(0, 10), state=SwapState.AGREED)
    session.add_all([to_guest, asked, swap])
    session.flush()
    ids = {
        "import": handed.id,
        "rounds": round.id,
        "pairings": pairing.id,
        "guests": seat.id,
        "slots": slot.id,
        "letters": letter.id,
        "openings": offered.id,
        "visits": invitation.id,
        "seats": free.id,
        "requests": asked.id,
        "offers": to_guest.id,
        "swaps": swap.id,
        "calendars": calendar.id,
        "received": factories.received(MailOutcome.FOR_HR).id,
        "held": factories.held(invitation).id,
        "doctor": factories.check_up(host).id,
        "people": guest.id,
        "departments": host.home.id,
        "exclusions": kept_apart.id,
        "contracts": guest.id,
        "sites": journey.id,
    }
    session.commit()
    return World(round, collecting, guest, host, stranger, ids)


def rules(app: Flask, *access: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if TABLE[rule.endpoint] in access:
            yield rule


def paths(rule: Rule, world: World, token: str) -> str:
    """The rule with real ids: `/rounds/<id>` is the published round, `/my/<token>/openings/<id>` the host's opening."""
    nouns = rule.rule.split("/")
    path = (
        rule.rule.replace("<token>", token)
        .replace("<key>", "no-such-key")
        .replace("<path:filename>", "css/base.css")
        .replace("<table>", "plan")
    )
    path = path.replace("<int:round_id>", str(world.published.id)).replace("<path:rest>", "openings")
    for noun, id in world.ids.items():
        if noun in nouns:
            path = path.replace("<int:id>", str(id))
    assert "<" not in path, path
    return path


def methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"OPTIONS", "HEAD"}


def test_every_route_stands_in_the_table_and_every_row_is_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)


def test_every_view_is_marked_as_the_table_says(app: Flask) -> None:
    marks = {name: getattr(view, "access", None) for name, view in app.view_functions.items() if name != "static"}

    assert marks == {name: PARTICIPANT if row == OWN else row for name, row in TABLE.items() if name != "static"}


def test_who_is_not_signed_in_reaches_no_page_of_hr(
    app: Flask, client: FlaskClient, world: World, digest: Digest
) -> None:
    before = digest()

    answers = {
        (rule.endpoint, method): client.open(paths(rule, world, ""), method=method)
        for rule in rules(app, HR)
        for method in methods(rule)
    }

    assert {answer.status_code for answer in answers.values()} == {303}
    assert {answer.location for answer in answers.values()} == {"/sign-in"}
    assert digest() == before


def test_a_personal_link_opens_no_page_of_hr(app: Flask, client: FlaskClient, world: World, digest: Digest) -> None:
    client.get(f"/my/{world.link(world.guest, world.published)}")
    before = digest()

    reached = [
        rule.endpoint
        for rule in rules(app, HR)
        for method in methods(rule)
        if client.open(paths(rule, world, ""), method=method).status_code != 303
    ]

    assert reached == []
    assert digest() == before


def test_hr_who_left_is_signed_out_at_once(
    app: Flask, hr: FlaskClient, world: World, session: Session, digest: Digest
) -> None:
    people.leave(session.scalars(select(Person).where(Person.hr)).one(), NOW)
    session.commit()
    before = digest()

    reached = [
        rule.endpoint
        for rule in rules(app, HR)
        for method in methods(rule)
        if hr.open(paths(rule, world, ""), method=method).status_code != 303
    ]

    assert reached == []
    assert digest() == before


@pytest.mark.parametrize("kind", ["forged", "revoked", "of another purpose"])
def test_a_link_that_does_not_hold_opens_nothing(
    app: Flask, client: FlaskClient, world: World, digest: Digest, kind: str
) -> None:
    version = world.guest.link_version
    token = {
        "forged": links.sign("x" * 32, "personal", world.guest.id, version, world.published.id),
        "revoked": links.sign(SECRET, "personal", world.guest.id, version + 1, world.published.id),
        "of another purpose": links.sign(SECRET, "sign_in", world.guest.id, version, world.published.id),
    }[kind]
    before = digest()

    answers = {
        (rule.endpoint, method): client.open(paths(rule, world, token), method=method).status_code
        for rule in rules(app, PARTICIPANT, OWN)
        for method in methods(rule)
    }

    assert set(answers.values()) <= set(NO_ROUTES_FOR_THEM)
    assert digest() == before


def test_what_is_somebody_elses_does_not_exist(app: Flask, client: FlaskClient, world: World, digest: Digest) -> None:
    before = digest()

    answers = {}
    for rule in rules(app, OWN):
        round = world.collecting if "openings" in rule.rule else world.published
        path = paths(rule, world, world.link(world.stranger, round))
        for method in methods(rule):
            answers[rule.endpoint, method] = client.open(path, method=method)

    assert {answer.status_code for answer in answers.values()} == {404}
    assert not any(world.guest.display_name in answer.text for answer in answers.values())
    assert digest() == before


def test_no_get_changes_anything(app: Flask, hr: FlaskClient, world: World, digest: Digest) -> None:
    before = digest()

    statuses = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in methods(rule):
            continue
        owner = world.host if "openings" in rule.rule else world.guest
        round = world.published if "/visits" in rule.rule else world.collecting
        path = paths(rule, world, world.link(owner, round))
        for method in ("GET", "HEAD", "OPTIONS"):
            with hr.open(path, method=method) as answer:
                statuses[rule.endpoint, method] = answer.status_code

    assert {where: status for where, status in statuses.items() if status >= 500} == {}
    assert digest() == before


def test_every_page_opens_for_whom_it_is_meant(app: Flask, hr: FlaskClient, world: World) -> None:
    statuses = {}
    for rule in rules(app, HR, PARTICIPANT, OWN):
        if "GET" in methods(rule):
            owner = world.host if "openings" in rule.rule else world.guest
            round = world.published if "/visits" in rule.rule else world.collecting
            with hr.get(paths(rule, world, world.link(owner, round))) as answer:
                statuses[rule.endpoint] = answer.status_code

    assert {where: status for where, status in statuses.items() if status not in (200, 303)} == {}


def test_every_unsafe_route_needs_a_form_of_ours(app: Flask, hr: FlaskClient, world: World, digest: Digest) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    before = digest()

    accepted = []
    for rule in app.url_map.iter_rules():
        owner = world.host if "openings" in rule.rule else world.guest
        path = paths(rule, world, world.link(owner, world.collecting))
        for method in methods(rule) - {"GET"}:
            if hr.open(path, method=method).status_code != 400:
                accepted.append(rule.endpoint)

    assert accepted == []
    assert digest() == before


def test_nothing_is_posted_from_another_site(app: Flask, hr: FlaskClient, world: World, digest: Digest) -> None:
    before = digest()

    statuses = {
        hr.open(paths(rule, world, "x"), method=method, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        for rule in app.url_map.iter_rules()
        for method in methods(rule) - {"GET"}
    }

    assert statuses == {403}
    assert digest() == before
