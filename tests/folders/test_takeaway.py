"""What HR takes away: workbooks with names and words, that no spreadsheet runs and that 20,000 people do not swell."""

import io
import resource
import tempfile
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from shadowing.folders import takeaway, workbook_files
from shadowing.folders.takeaway import Taker
from shadowing.folders.workbook_files import TakenColumn, TakenTable, WorkbookCell
from shadowing.i18n import Reader
from shadowing.models import Answer, Availability, Consent, FreeTimes, Invitation, OpeningKind, WhyUnmatched
from tests import factories as make
from tests.factories import NOW, at
from tests.views.conftest import statements
from tests.visiting.test_invitations import Visit

TAKER = Taker(reader=Reader("en", ZoneInfo("Asia/Tokyo")), translate=str)


def midnight(year: int, month: int, day: int) -> datetime:
    """A day as a workbook knows it, which has no zones."""
    return datetime.combine(date(year, month, day), time.min)


def read(table: TakenTable) -> list[dict[str, object]]:
    """The rows of the workbook, as a spreadsheet shows them; empty cells are left out."""
    file = io.BytesIO()
    workbook_files.write(table, str, file)
    first, *rows = load_workbook(file).active.iter_rows(values_only=True)  # type: ignore[union-attr] # it has a sheet
    return [{str(k): v for k, v in zip(first, row, strict=True) if v not in (None, "")} for row in rows]


def test_the_plan_has_names_days_and_words(session: Session) -> None:
    round = make.round_()
    host = make.person("h", family_name="髙橋", given_name="由美子", display_name="髙橋 由美子")
    guest = make.person("g", family_name="𠮷野家", given_name="一", display_name="𠮷野家 一")
    slot = make.slot(make.opening(round, host, title="Quotes", place="Room 3"), at(1, 10))
    make.pairing(make.guest(round, guest), slot, tags=["wish_1", "new_wall"], pinned=True)

    assert read(takeaway.plan(round, TAKER)) == [
        {
            "Day": midnight(2027, 1, 19),
            "Start": "10:00",
            "End": "11:00",
            "Employee number": "g",
            "Guest": "𠮷野家 一",
            "Department of the guest": guest.home.name,
            "Seat": "Quotes",
            "Kind": "A seat in a regular meeting",
            "Hosts": "髙橋 由美子",
            "Department of the hosts": host.home.name,
            "Place": "Room 3",
            "Why": "First wish, Departments meet for the first time",
            "Kept": "yes",
        }
    ]


def test_the_unmatched_come_with_reason_and_remedy(session: Session) -> None:
    round = make.round_()
    make.guest(
        round, make.person("g", display_name="G"), reason=WhyUnmatched(code="no_free_time", remedy="enter_free_time")
    )

    (row,) = read(takeaway.unmatched(round, TAKER))

    assert (row["Name"], row["Reason"]) == ("G", "You entered no free time.")
    assert row["What would have helped"] == "Free times of yours."


def test_answers_hold_wishes_and_free_times(session: Session) -> None:
    round = make.round_()
    wish = make.department(name="Sales")
    guest = make.guest(round, make.person("g"), (wish,), surprise=True)
    week = {"mon-0900": 2, "mon-0930": 2, "tue-1300": 1}
    given = FreeTimes(week=week, days_off=(date(2027, 1, 20),))
    session.add(Availability(round_id=round.id, person_id=guest.person_id, given=given))
    make.guest(round, make.person("silent"), answered_at=None)
    session.flush()

    rows = {row["Employee number"]: row for row in read(takeaway.answers(round, TAKER))}

    assert rows["g"]["First wish"] == "Sales"
    assert rows["g"]["Free"] == "Mon 09:00–10:00\nTue 13:00–13:30 △"
    assert rows["g"]["Days off"] == "Wed 20 Jan"
    assert rows["g"]["Answered"] == midnight(2026, 12, 1) + timedelta(hours=12)
    assert set(rows["silent"]) == {"Employee number", "Name", "Department", "Asked"}


def test_openings_say_what_the_customer_said_and_how_many_come(session: Session) -> None:
    round = make.round_()
    one = make.opening(round, kind=OpeningKind.RIDE_ALONG, customer_consent=Consent.ASKED)
    make.pairing(make.guest(round), make.slot(one))
    make.opening(round, flexible=True, starts_at=None, withdrawn_at=NOW)

    first, second = read(takeaway.openings(round, TAKER))

    assert (first["Customer"], first["Guests planned"]) == ("not known yet", 1)
    assert first["Dates"] == "Tue 19 Jan 2027, 10:00–11:00"
    assert (second["Dates"], second["Withdrawn"]) == ("At any time the host is free", "yes")


def test_visits_hold_what_everybody_answered(session: Session) -> None:
    visit = Visit().told()
    invitation = session.query(Invitation).filter_by(person_id=visit.guest.id).one()
    invitation.answer, invitation.answered_at = Answer.NO, NOW
    session.flush()

    rows = read(takeaway.visits(visit.round, TAKER))

    assert [(row["Role"], row["Employee number"], row["Answer"]) for row in rows] == [
        ("Guest", visit.guest.code, "declined"),
        ("Host", visit.host.code, "no answer yet"),
    ]


def test_people_who_left_are_not_on_the_list(session: Session) -> None:
    boss = make.person("boss", display_name="The boss")
    make.person("here", manager_id=boss.id, last_day=date(2027, 3, 31))
    make.person("gone", left_at=NOW)

    rows = {row["Employee number"]: row for row in read(takeaway.people(TAKER))}

    assert set(rows) == {"boss", "here"}
    assert rows["here"]["Manager"] == "The boss"
    assert rows["here"]["Last day"] == midnight(2027, 3, 31)


@pytest.mark.parametrize("name", ["=1+1", "+81 3", "-", "@sum", "＝1", "\t=1"])
def test_no_cell_is_one_that_a_spreadsheet_runs(name: str) -> None:
    table = TakenTable(name="x", columns=(TakenColumn("a"), TakenColumn("b", 40)), rows=[(name, name)])

    ((first, second),) = [tuple(row.values()) for row in read(table)]

    assert first == second
    assert str(first).startswith("'")


def test_what_no_workbook_holds_is_left_out() -> None:
    rows: list[tuple[WorkbookCell, ...]] = [("a\x0bb\x00", "x" * 40_000)]
    table = TakenTable(name="[a]:b", columns=(TakenColumn("a"), TakenColumn("b")), rows=rows)

    (row,) = read(table)

    assert (row["a"], len(str(row["b"]))) == ("ab", 32_767)


def test_the_sheet_can_be_read_and_printed() -> None:
    file = io.BytesIO()
    workbook_files.write(TakenTable(name="x", columns=(TakenColumn("a", 33),), rows=[("b",)]), str, file)

    sheet = load_workbook(file).active

    assert sheet is not None
    assert sheet["A1"].font.bold
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:A2", "$1:$1")
    assert sheet.column_dimensions["A"].width == 33
    assert sheet.page_setup.orientation == "landscape"


def test_twenty_thousand_rows_take_no_memory() -> None:
    row: tuple[WorkbookCell, ...] = ("人", "あいうえお", "あいうえお", NOW.replace(tzinfo=None))
    columns = tuple(TakenColumn(str(number)) for number in row)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with tempfile.TemporaryFile() as file:
        workbook_files.write(TakenTable(name="x", columns=columns, rows=[row] * 20_000), str, file)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000  # KB


def test_more_people_need_no_more_statements(session: Session) -> None:
    round, sent = make.round_(), []
    for more in (1, 2):
        for _ in range(more):
            guest = make.guest(round, make.person(), (make.department(),))
            make.pairing(guest, make.slot(make.opening(round)))
            make.guest(round)
        session.flush()
        session.expire_all()
        round.zone  # noqa: B018 - read before it is counted
        with statements() as seen:
            for table in takeaway.TABLES.values():
                list(table(round, TAKER).rows)
        sent.append(len(seen))

    assert sent[0] == sent[1]


def test_the_counts_are_those_of_the_rows(session: Session) -> None:
    visit = Visit().told()
    make.guest(visit.round)
    session.flush()

    counts = takeaway.counts(visit.round)

    assert counts == {name: len(list(table(visit.round, TAKER).rows)) for name, table in takeaway.TABLES.items()}
    assert counts == {"openings": 1, "answers": 2, "plan": 1, "unmatched": 1, "visits": 2}
