"""Two whole rounds on real ground, by commands alone: every guest has a visit or a reason, every visit its entry in a calendar."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.conftest import House
from tests.postbox import by_javascript, by_vobject, calendar_of, parsed

FIRST_DAY = date(2027, 1, 18)
KANA = re.compile("[ぁ-ん]")
Row = dict[str, str]


def brought_forward(source: Path, target: Path) -> Path:
    """The round as it is; once it is past, by whole years of 52 weeks, so that weekdays stay."""
    late = datetime.now(UTC).date() + timedelta(days=21) - FIRST_DAY
    shift = timedelta(weeks=52) * -(-max(late, timedelta()) // timedelta(weeks=52))
    target.mkdir()
    for file in source.iterdir():
        text = file.read_text("utf-8-sig")
        shifted = re.sub(r"20\d\d-\d\d-\d\d", lambda day: str(date.fromisoformat(day[0]) + shift), text)
        (target / file.name).write_text(shifted, encoding="utf-8")
    return target


def rows(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "japanese", "app"),
    [("k8s-rotation", False, "sqlite"), ("jp-agency", True, "sqlite"), ("jp-agency", True, "postgresql")],
    indirect=["app"],
)
def test_a_real_round_reaches_every_calendar(
    house: House, shared: Path, tmp_path: Path, name: str, japanese: bool
) -> None:
    source, out = brought_forward(shared / "rounds" / name, tmp_path / "in"), tmp_path / "out"
    id = str(house.command("rounds", "import", source)["round_id"])
    house.command("rounds", "solve", id, "--seconds", "20")
    published = house.command("rounds", "publish", id)
    house.deliver()
    house.command("rounds", "export", id, out)

    visits, unmatched = rows(out, "pairings.csv"), rows(out, "unmatched.csv")
    seated, left_out = {row["guest_id"] for row in visits}, {row["person_id"] for row in unmatched}
    assert seated | left_out == {row["person_id"] for row in rows(source, "guests.csv")}
    assert seated.isdisjoint(left_out)
    assert all(row["reason"] for row in unmatched)

    contents = [content for _, content in house.sink.mails]
    assert len(contents) == published["letters"]
    entries = []
    for content, said in zip(contents, by_javascript(contents), strict=True):
        assert bool(KANA.search(said["subject"]) and KANA.search(said["text"])) is japanese
        if said["ical_js"] is not None:
            fields = by_vobject(calendar_of(parsed(content)))
            assert (said["ical_js"], said["node_ical"]) == (fields, fields)
            entries.append((said["to"]["address"], fields["starts_at"], fields["uid"]))
    assert len({uid for _, _, uid in entries}) == len(entries)
    assert sorted(entry[:2] for entry in entries) == due(visits, rows(source, "people.csv"))


def due(visits: list[Row], people: list[Row]) -> list[tuple[str, str]]:
    """Address and start of what must stand in calendars: each visit with its guest, each session with each of its hosts."""
    address = {row["person_id"]: row["email"] for row in people}
    guests = [(row["guest_id"], row["starts_at"], row["opening_id"]) for row in visits]
    hosts = {(host, row["starts_at"], row["opening_id"]) for row in visits for host in row["host_ids"].split(";")}
    return sorted(
        (address[person], datetime.fromisoformat(start).astimezone(UTC).isoformat())
        for person, start, _ in [*guests, *hosts]
    )
