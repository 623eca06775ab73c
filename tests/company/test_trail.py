"""The audit in words: every deed has some, people and seats stand under their names, and what is private is not told."""

import ast
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from shadowing.company import audit, trail
from shadowing.company.deeds import DEEDS
from shadowing.company.trail import DeedsSought, TrailEntry
from shadowing.extensions import db
from shadowing.i18n import Reader
from shadowing.models import Audit
from tests import factories as make
from tests.factories import NOW
from tests.test_house import MODULES, nodes
from tests.views.conftest import statements

READER = Reader("en", ZoneInfo("Asia/Tokyo"))


def recorded() -> Iterator[str]:
    """The deeds that the code records, as far as they are spelled out where they are recorded."""
    for path in MODULES:
        for call in nodes(path):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record":
                yield from (str(one.value) for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant))


def said(sought: DeedsSought | None = None) -> list[str]:
    entries = trail.entries(db.session.scalars(trail.found(sought or DeedsSought())).all())
    return [in_words(entry) for entry in entries]


def in_words(entry: TrailEntry) -> str:
    names = [person.name("en") for person in (entry.by, entry.about) if person]
    return " | ".join(filter(None, (trail.deed(entry, str), *names, entry.what, trail.details(entry, str, READER))))


def test_every_deed_has_words() -> None:
    deeds = set(recorded())

    assert len(deeds) > 40
    assert deeds - set(DEEDS) == set()


def test_people_seats_days_and_figures_stand_in_words(session: Session) -> None:
    hanako, taro = make.person("h", display_name="Hanako"), make.person("t", display_name="Taro")
    round = make.round_()
    guest, slot = make.guest(round, taro), make.slot(make.opening(round, title="Quotes"))
    audit.record("let_go", hanako, None, NOW, of=taro.id, last_day="2027-03-31", visits=2, hosted=0)
    audit.record("remove", hanako, round, NOW, guest=guest.id, opening=slot.opening_id)
    audit.record("reschedule", None, round, NOW, slot=slot.id)
    audit.record("set_journey", hanako, None, NOW, sites=["Osaka", "Tokyo"], minutes=150)
    session.flush()

    assert said() == [
        "Entered the way between two sites | Hanako | minutes: 150, “Osaka – Tokyo”",
        "Moved a visit | Quotes",
        "Took a guest out of a visit | Hanako | Taro | Quotes",
        "Entered that somebody leaves | Hanako | Taro | visits: 2, visits with them: 0, last day: Wed 31 Mar 2027",
    ]


def test_it_is_found_by_who_did_it_and_by_whom_it_concerns(session: Session) -> None:
    hanako = make.person("h", display_name="Hanako")
    takahashi = make.person(
        "t", family_name="髙橋", given_name="由美子", kana="タカハシ ユミコ", display_name="髙橋 由美子"
    )
    guest = make.guest(make.round_(), takahashi)
    audit.record("grant", hanako, None, NOW, of=takahashi.id)
    audit.record("place", hanako, guest.round, NOW, guest=guest.id)
    audit.record("end", takahashi, guest.round, NOW)
    audit.record("undo_import", hanako, None, NOW, of=takahashi.id)
    session.flush()

    def deeds(**sought: object) -> list[str]:
        rows = session.scalars(trail.found(DeedsSought(**sought)))  # type: ignore[arg-type] # as a form gives them
        return [row.deed for row in rows]

    assert deeds(name="たかはし") == ["end", "place", "grant"]
    assert deeds(name="hanako") == ["undo_import", "place", "grant"]
    assert deeds(person_id=takahashi.id) == ["end"]
    assert deeds(round_id=guest.round_id) == ["end", "place"]
    assert deeds(round_id=guest.round_id, deed="place", name="タカハシ") == ["place"]


def test_whom_hr_keeps_apart_is_not_told_nor_found(session: Session) -> None:
    hanako, one, other = (make.person(name, display_name=name.title()) for name in ("hanako", "one", "other"))
    audit.record("keep_apart", hanako, None, NOW, people=[one.id, other.id], until="")
    audit.record("let_meet", hanako, None, NOW, people=[one.id, other.id])
    session.flush()

    assert said() == ["Let two people meet again | Hanako", "Kept two people apart | Hanako"]
    assert said(DeedsSought(name="other")) == []


def test_a_deed_without_words_is_shown_all_the_same(session: Session) -> None:
    session.add(Audit(at=NOW, deed="some_new_deed", facts={}))
    session.flush()

    assert said() == ["some new deed"]


def test_a_long_audit_needs_no_more_statements(session: Session) -> None:
    counts = []
    for more in (1, 3):
        for _ in range(more):
            guest = make.guest(make.round_())
            opening = make.opening(guest.round)
            audit.record("place", make.person(), guest.round, NOW, guest=guest.id, opening=opening.id)
        session.flush()
        with statements() as sent:
            said()
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_for_a_workbook_all_rows_are_read_in_parts(session: Session) -> None:
    for number in range(trail.AT_ONCE + 1):
        session.add(Audit(at=NOW, deed="end", facts={"people": number}))
    session.flush()

    assert len(list(trail.all_entries(DeedsSought()))) == trail.AT_ONCE + 1
