"""Working hours as people type them."""

import pytest

from shadowing.company import people
from shadowing.typed import Unfit


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"),
        ("月-金 9:00-17:30", "mon-fri 09:00-17:30"),
        ("月–金 09:00–18:00", "mon-fri 09:00-18:00"),
        ("月曜日〜木曜日　９時〜17時半", "mon-thu 09:00-17:30"),
        ("平日 9-17", "mon-fri 09:00-17:00"),
        ("8:30～17:15", "mon-fri 08:30-17:15"),
        (
            "月・水・金 9時から12時まで、火木 13:00-17:00",
            "mon 09:00-12:00, wed 09:00-12:00, fri 09:00-12:00, tue 13:00-17:00, thu 13:00-17:00",
        ),
        ("Monday to Thursday 9:00 - 17:30; Friday 9-13", "mon-thu 09:00-17:30, fri 09:00-13:00"),
        (
            "mon-tue 09:00-12:00; mon 13:00-17:30, sat 10:00-24:00",
            "mon-tue 09:00-12:00, mon 13:00-17:30, sat 10:00-24:00",
        ),
        ("", ""),
    ],
)
def test_working_hours_are_read_as_people_write_them(said: str, kept: str) -> None:
    assert people.hours(said) == kept


@pytest.mark.parametrize("said", ["シフト制", "月-金", "9時から", "月-金 22時-6時", "祝日 9-17", "mon-fri 9:00-25:00"])
def test_what_names_no_working_hours_is_refused(said: str) -> None:
    with pytest.raises(Unfit):
        people.hours(said)
