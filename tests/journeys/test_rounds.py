"""Stories of rounds, from HR's list of people to the entries in everybody's calendars."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.faults import world
from tests.faults.world import TOKYO
from tests.journeys.conftest import House

GUEST, HOST, LATE, HR = (f"{name}@example.org" for name in ("gast", "host", "late", "hr"))
PEOPLE = """\
person_id,display_name,email,department_id,locale,hours
G1,Guest,gast@example.org,sales,en,mon-fri 09:00-18:00
H1,Host,host@example.org,market,en,mon-fri 09:00-18:00
L1,Late,late@example.org,sales,en,mon-fri 09:00-18:00
"""
DEPARTMENTS = "department_id,name\nsales,Sales\nmarket,Marketing\n"


def file(text: str, name: str) -> tuple[BytesIO, str]:
    return BytesIO(text.encode()), name


@pytest.mark.slow
def test_from_a_list_of_people_to_invitations(house: House) -> None:
    hr = house.hr(HR)
    hr.open("/people/import")
    hr.press("/check", people=file(PEOPLE, "people.csv"), departments=file(DEPARTMENTS, "departments.csv"))
    assert "3 people are new." in hr.press("/people/import")

    hr.open("/rounds/new")
    preview = hr.press("/rounds/new", title="Spring", greeting="Go and see!")
    assert "Go and see!" in preview
    hr.press("/ask")
    house.deliver()
    assert {address for address, _ in house.sink.mails} >= {GUEST, HOST, LATE}

    guest, host = house.reader(), house.reader()
    page = guest.open(house.link(GUEST))
    marketing = page.split(">Marketing<")[0].rpartition('value="')[2].partition('"')[0]
    guest.press(house.link(GUEST), choice=[marketing, "", ""], line="How prices are made", half=["tue-am"])
    host.open(f"{house.link(HOST)}/openings/new?kind=meeting")
    host.press("/openings/new", title="Price meeting", local_time="10:00", first_on=str(tuesday()), seats="2")

    hr.open("/rounds/1/collect")
    assert "can still answer" in hr.press("/solve", seconds="10")
    hr.press("/solve")
    house.deliver()
    assert "Price meeting" in hr.open("/rounds/1/pairings")
    hr.open("/rounds/1/publish")
    hr.press("/publish")
    house.deliver()

    [seen], [met] = house.calendar(GUEST).standing, house.calendar(HOST).standing
    assert seen["starts_at"] == met["starts_at"]
    assert (seen["starts_at"].astimezone(TOKYO).weekday(), seen["starts_at"].astimezone(TOKYO).hour) == (1, 10)
    assert "How prices are made" in house.mails(HOST)[-1]
    assert house.calendar(LATE).entries == {}
    assert "Price meeting" in guest.open(house.link(GUEST))


def tuesday() -> date:
    """The first one of a round that begins where the form proposes."""
    return world.monday() + timedelta(days=1)


def test_a_change_moves_the_same_entry_and_calling_off_clears_it(house: House) -> None:
    with house.app.app_context():
        world.small_round(guests=2)
    hr = house.reader()
    hr.client.set_cookie("session", world.COOKIE)
    hr.open("/rounds/1/publish")
    hr.press("/publish")
    house.deliver()
    [first] = house.calendar("guest0@example.org").entries.items()

    hr.open("/slots/1")
    asked = hr.press("/reschedule", 422, day=str(world.at(2, 14).astimezone(TOKYO).date()), clock="14:00")
    assert "These people have not marked it as free time: " in asked
    hr.press("/reschedule")
    hr.press("/publish")
    house.deliver()
    [moved] = house.calendar("guest0@example.org").entries.items()

    hr.open("/slots/1")
    hr.press("/call-off")
    hr.press("/publish")
    house.deliver()
    [gone] = house.calendar("guest0@example.org").entries.items()

    assert (first[0], moved[0]) == (moved[0], gone[0])
    assert [entry["revision"][0] for _, entry in (first, moved, gone)] == [0, 1, 2]
    assert [entry["starts_at"] for _, entry in (first, moved)] == [world.at(1, 10), world.at(2, 14)]
    assert house.calendar("guest0@example.org").standing == house.calendar("host1@example.org").standing == []
    assert len(house.mails("guest1@example.org")) == 1


@pytest.mark.slow
def test_a_folder_becomes_calendar_entries_by_commands_alone(house: House, tmp_path: Path) -> None:
    id = str(house.command("rounds", "import", world.folder(tmp_path / "in"))["round_id"])
    solved = house.command("rounds", "solve", id, "--seconds", "10")
    house.command("rounds", "publish", id)
    house.command("worker", "--until-idle")
    house.command("rounds", "export", id, tmp_path / "out")

    rows = (tmp_path / "out" / "pairings.csv").read_text("utf-8-sig").splitlines()
    planned = sorted((row.split(",")[0], row.split(",")[2]) for row in rows[1:])
    kept = sorted(
        (f"G{number}", instant(entry["starts_at"]))
        for number in range(6)
        for entry in house.calendar(f"G{number}@example.org").standing
    )
    assert (len(kept), solved["matched"]) == (6, 6)
    assert kept == [(guest, instant(datetime.fromisoformat(start))) for guest, start in planned]


def instant(moment: datetime) -> str:
    return moment.astimezone(TOKYO).isoformat()


@pytest.mark.slow
def test_who_got_nothing_hears_why_and_what_would_have_helped(house: House, tmp_path: Path) -> None:
    folder = world.folder(tmp_path / "in")
    tuesday, wednesday = (str(world.at(day, 9).astimezone(TOKYO).date()) for day in (1, 2))
    rewrite(folder / "availability.csv", lambda row: row.replace(tuesday, wednesday) if "G5" in row else row)
    rewrite(folder / "openings.csv", lambda row: "" if "desk" in row else row)

    id = str(house.command("rounds", "import", folder)["round_id"])
    house.command("rounds", "solve", id, "--seconds", "10")
    house.command("rounds", "publish", id)
    house.deliver()

    [mail] = house.mails("G5@example.org")
    page = house.reader().open(house.link("G5@example.org"))
    for sentence in (
        "You were not free at any time when what you wished for is offered.",
        "One more free half-day of yours.",
    ):
        assert sentence in mail
        assert sentence in page
    assert house.calendar("G5@example.org").entries == {}


def rewrite(file: Path, change: Callable[[str], str]) -> None:
    rows = map(change, file.read_text("utf-8").splitlines())
    file.write_text("\n".join(filter(None, rows)), encoding="utf-8")
