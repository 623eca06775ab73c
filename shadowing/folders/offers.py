"""openings.csv: what hosts offer, each opening in exactly one of its three shapes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from shadowing.collecting import recurrence
from shadowing.collecting.recurrence import WEEKDAYS
from shadowing.errors import Refusal, remark
from shadowing.folders.reading import Reading
from shadowing.folders.rows import OpeningRow, RoundRow
from shadowing.folders.sheets import Line, whole_file
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import Opening, Round
from shadowing.typed import Unfit

ZONE = "Asia/Tokyo"
FLEXIBLE = ("flexible", "いつでも")
REGULAR = ("weekday", "local_time", "rrule", "first_on")


def read_openings(reading: Reading, round: RoundRow | None) -> tuple[OpeningRow, ...]:
    made = reading.rows("openings", lambda line: _opening(line, reading))
    sound = tuple(reading.once("openings", "opening_id", made, lambda row: row.code))
    if "openings" not in reading.sheets or not reading.sheets["openings"].rows:
        file = reading.sheets["openings"].file if "openings" in reading.sheets else "openings.csv"
        trouble = Unfit("This round has no openings and so no hosts: nobody could be visited.")
        reading.errors.append(whole_file(file, trouble))
    return sound if round is None else tuple(row for row in sound if _unfolds(reading, row, round))


def _opening(line: Line, reading: Reading) -> Iterator[OpeningRow]:
    row = reading.read(line, OpeningRow, _shaped(line))
    if row.weekday and not line.errors:
        _refuse_contradictions(line, row, row.weekday)
    yield row if row.weekday else replace(row, zone=None)


def _shaped(line: Line) -> dict[str, Any]:
    """The cells that count in the shape of the opening: once, regularly, or wherever its hosts are free."""
    said: dict[str, Any] = line.said()
    once, weekday = said.get("starts_at", ""), said.get("weekday")
    if once and weekday:
        line.refuse("weekday", Unfit("An opening with starts_at has no weekday. Empty one of the two cells."))
    elif weekday:
        for column in ("local_time", "tz"):
            if column not in said:
                line.refuse(column, Unfit("This must not be empty."))
        return {"rrule": "FREQ=WEEKLY"} | said
    elif not once:
        hint = N_("Fill in starts_at, or weekday with local_time and tz, or write flexible.")
        line.refuse("starts_at", Unfit("This opening has no time.", hint))
    flexible = fold(once) in map(fold, FLEXIBLE)
    unread = {*REGULAR, *(("starts_at", "tz") if flexible else ())}
    return {column: cell for column, cell in said.items() if column not in unread} | {"flexible": flexible}


def _refuse_contradictions(line: Line, row: OpeningRow, weekday: str) -> None:
    parts = recurrence.read_rule(row.rrule)
    if row.first_on is not None and WEEKDAYS[row.first_on.weekday()] != weekday:
        wrong = Unfit("%(first_on)s is not a %(weekday)s.", first_on=row.first_on, weekday=weekday)
        line.refuse("first_on", wrong)
    elif weekday not in parts.get("BYDAY", weekday):
        line.refuse("rrule", Unfit("The recurrence does not fall on %(weekday)s.", weekday=weekday))
    elif row.first_on is None and (int(parts.get("INTERVAL", "1")) > 1 or "COUNT" in parts):
        sentence = Unfit(
            "A meeting that is not held every week needs the date on which it is first held.",
            N_("Fill in first_on, such as 2027-01-19."),
        )
        line.refuse("first_on", sentence)


def _unfolds(reading: Reading, row: OpeningRow, round: RoundRow) -> bool:
    """Do its times make sense in the round? An opening that never takes place in it is only remarked on."""
    opening = Opening(
        title=row.title,
        minutes=row.minutes,
        starts_at=row.starts_at,
        weekday=row.weekday,
        local_time=row.local_time,
        zone=row.zone,
        rrule=row.rrule,
        first_on=row.first_on,
        flexible=row.flexible,
    )
    try:
        if not recurrence.unfold(opening, unsaved(round)) and not row.flexible:
            reading.warnings.append(remark("The opening %(code)s does not take place in the round.", code=row.code))
        return True
    except Refusal as refusal:
        reading.refuse("openings", row.row, "rrule", row.rrule, refusal)
        return False


def unsaved(round: RoundRow) -> Round:
    """The days of the round, as a row that is in no database."""
    return Round(
        starts_on=round.starts_on,
        ends_on=round.ends_on,
        zone=round.zone or ZONE,
        closed_days=[day.isoformat() for day in round.closed_days or ()],
    )
