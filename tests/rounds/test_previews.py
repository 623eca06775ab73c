"""A mailing before it leaves: the recipient who is looked for, the very bytes but for the link, and a copy of them."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.config import Settings
from shadowing.errors import Refusal
from shadowing.mail import letters, outbox
from shadowing.mail.outbox import Fate, Lane
from shadowing.models import Audit, Letter, LetterState, Person, Round, SignInKey, Stage
from shadowing.rounds import cancellation, joiners, new_dates, previews, reminders, rounds
from shadowing.rounds.previews import Looking, Mailing, What
from shadowing.visiting import briefs
from tests import factories as make
from tests.factories import NOW
from tests.mail.gallery import SENDER
from tests.mail.test_outbox import mailing as with_server
from tests.mail.test_texts import decoded
from tests.postbox import Sink, parsed, serving
from tests.visiting.test_invitations import Visit, letters_to

LINK = re.compile(rb"http://localhost:8000/my/[^\s\"<>']+")


def looking(**facts: object) -> Looking:
    return Looking(**{"what": What.PUBLISH, "stamp": NOW} | facts)  # type: ignore[arg-type] # fields by name


def shown(app: Flask, round: Round, by: Person | None = None, **facts: object) -> Mailing:
    look = looking(**facts)
    return previews.mailing(previews.planned(round, look, SENDER), look, by, app.extensions["settings"])


def test_a_recipient_is_found_by_any_part_of_the_name_however_it_is_typed(app: Flask, session: Session) -> None:
    visit = Visit()
    visit.guest.family_name, visit.guest.given_name, visit.guest.kana = "髙﨑", "葵", "タカサキ アオイ"
    visit.guest.display_name = "髙﨑 葵"
    people.index(visit.guest)
    session.flush()

    for typed in ("たかさき", "ﾀｶｻｷ", "髙﨑", " アオイ "):
        found = shown(app, visit.round, name=typed.strip())
        assert (found.person, [one.id for one in found.found]) == (visit.guest, [visit.guest.id]), typed


def test_a_name_that_nobody_has_finds_nobody(app: Flask, session: Session) -> None:
    found = shown(app, Visit().round, name="Nobody At All")

    assert (found.found, found.person is None) == ((), False)


def test_whom_hr_leaves_without_mail_is_not_counted(app: Flask, session: Session) -> None:
    visit = Visit()

    found = shown(app, visit.round, without=frozenset([visit.guest.id]))

    assert (found.total, found.held, len(found.people)) == (1, (visit.guest,), 2)


def test_no_shown_mail_holds_a_working_link(app: Flask, session: Session) -> None:
    visit = Visit()
    real = [link for one in previews.planned(visit.round, looking(), SENDER) for link in links(one.write(), app)]

    for person in (visit.guest, visit.host):
        text = shown(app, visit.round, person=person.id).mails[0].text
        assert "x" * 27 in text
        assert not any(link.decode() in text for link in real)


def links(letter: Letter, app: Flask) -> list[bytes]:
    return LINK.findall(decoded(outbox.to_bytes(letter, app.extensions["settings"])))


def test_what_is_previewed_is_what_is_sent_but_for_the_link(app: Flask, session: Session) -> None:
    visit, hr = Visit(), make.person("hr")
    settings = app.extensions["settings"]
    seen = previews.to(visit.guest, previews.planned(visit.round, looking(), SENDER), hr)
    before = decoded(outbox.to_bytes(seen[0], settings, shown=True))

    rounds.publish(visit.round, hr, visit.round.version, NOW, SENDER, NOW)

    sent = letters_to(visit.guest)[0]
    after, dead = decoded(outbox.to_bytes(sent, settings)), decoded(outbox.to_bytes(sent, settings, shown=True))
    assert before == dead
    assert LINK.sub(b"", after) == LINK.sub(b"", before) != after
    assert parsed(outbox.to_bytes(sent, settings))["Reply-To"].addresses[0].addr_spec == hr.email


WHY = "We move house."


def asks(round: Round, by: Person) -> None:
    rounds.ask(round, by, NOW)


def reminds(round: Round, by: Person) -> None:
    reminders.nudge(round, by, NOW)


def tells_new_days(round: Round, by: Person) -> None:
    new_dates.tell(round, by, NOW)


def asks_joiners(round: Round, by: Person) -> None:
    joiners.ask(round, None, by, NOW)


def publishes(round: Round, by: Person) -> None:
    rounds.publish(round, by, round.version, NOW, SENDER, NOW)


def calls_off(round: Round, by: Person) -> None:
    cancellation.cancel(round, WHY, by, NOW)


def writes_around_visits(round: Round, by: Person) -> None:
    round.take_charge(by)
    for day in (-7, -1, 1, 3):
        briefs.plan(round.id, make.at(day, 12))


DEEDS = {
    What.ASK: asks,
    What.NUDGE: reminds,
    What.TELL: tells_new_days,
    What.JOINERS: asks_joiners,
    What.PUBLISH: publishes,
    What.CANCEL: calls_off,
    What.BRIEFS: writes_around_visits,
}


def before(what: What) -> Round:
    """A round of which *what* has something to say."""
    if what in (What.PUBLISH, What.CANCEL, What.BRIEFS):
        visit = Visit() if what is What.PUBLISH else Visit().told()
        return visit.round
    asked_at = NOW - timedelta(days=2)
    round = make.round_(stage=Stage.DRAFT if what is What.ASK else Stage.COLLECTING, asked_at=asked_at)
    person = make.person("reader")
    if what in (What.NUDGE, What.TELL):
        guest = make.guest(round, person, answered_at=None, asked_at=asked_at)
        letters.ask([guest], asked_at)[0].state = LetterState.SENT
        round.answers_until += timedelta(days=what is What.TELL)
    return round


@pytest.mark.parametrize("what", list(What))
def test_every_mailing_is_sent_as_it_was_looked_at_but_for_the_link(app: Flask, session: Session, what: What) -> None:
    round, hr, settings = before(what), make.person("hr", hr=True), app.extensions["settings"]
    planned = previews.planned(round, looking(what=what, why=WHY), SENDER)
    known = {letter.id for letter in session.scalars(select(Letter))}
    people = {letter.person for letter in planned}
    seen = [said(one, settings) for person in people for one in previews.to(person, planned, hr)]

    DEEDS[what](round, hr)

    written = [one for one in session.scalars(select(Letter)) if one.id not in known and one.done_at is None]
    assert sorted(seen) == sorted(said(one, settings) for one in written)
    assert seen


def said(letter: Letter, settings: Settings) -> bytes:
    """Headers and parts but for the link, the instant, and what is drawn from both."""
    whole = LINK.sub(b"", decoded(outbox.to_bytes(letter, settings, shown=True)))
    return re.sub(rb"\('(Message-ID|Date|In-Reply-To|References|Content-Type)', '[^']*'\)", b"", whole)


def test_a_copy_reaches_whoever_looks_with_the_same_bytes_but_for_the_link(app: Flask, session: Session) -> None:
    visit, hr = Visit(), make.person("hr")
    planned = previews.to(visit.guest, previews.planned(visit.round, looking(), SENDER), hr)

    previews.send_copies(planned, hr, visit.round, NOW)

    session.flush()
    copy = session.scalars(select(Letter)).one()
    with serving(Sink()) as sink:
        lane = Lane(with_server(app, sink))
        assert lane.send(copy).fate is Fate.SENT
        lane.close()
    address, content = sink.mails[0]
    assert address == hr.email
    expected = decoded(outbox.to_bytes(planned[0], app.extensions["settings"], shown=True))
    assert decoded(content.rstrip(b"\r\n") + b"\r\n") == expected
    assert parsed(content)["To"].addresses[0].addr_spec == visit.guest.email


def test_by_a_copy_nobody_has_heard_of_anything(app: Flask, session: Session) -> None:
    visit, hr = Visit(), make.person("hr")
    planned = previews.to(visit.guest, previews.planned(visit.round, looking(), SENDER), hr)

    previews.send_copies(planned, hr, visit.round, NOW)

    copy = letters_to(visit.guest)[0]
    assert (copy.round_id, copy.invitation_id, copy.state) == (None, None, LetterState.READY)
    assert [letter.kind for letter in previews.planned(visit.round, looking(), SENDER)] == [planned[0].kind] * 2
    assert session.scalars(select(Audit.deed)).one() == "send_copy"


def test_a_link_that_signs_somebody_in_is_never_copied(session: Session) -> None:
    key = SignInKey(person=make.person(), hash="h", expires_at=datetime(2027, 1, 1, tzinfo=NOW.tzinfo))
    session.add(key)
    session.flush()

    with pytest.raises(Refusal):
        previews.send_copies([letters.sign_in(key, NOW)], make.person("hr"), None, NOW)


@pytest.mark.parametrize("what", list(What))
def test_every_mailing_can_be_looked_at(app: Flask, session: Session, what: What) -> None:
    round = make.round_()
    make.guest(round, answered_at=None, asked_at=None)

    assert shown(app, round, what=what, why="We move house.").looking.what is what
