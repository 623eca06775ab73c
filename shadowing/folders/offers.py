"""openings.csv: what hosts offer, each opening in exactly one of its three shapes."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TypedDict

from shadowing import typed
from shadowing.collecting import openings
from shadowing.collecting.openings import WEEKDAYS
from shadowing.errors import Refusal
from shadowing.folders import cells
from shadowing.folders.reading import Reading
from shadowing.folders.rows import OpeningRow, RoundRow, remark
from shadowing.folders.sheets import Line, Skipped, whole_file
from shadowing.i18n import N_
from shadowing.models import Opening, Round
from shadowing.typed import LONG, Unfit

ZONE = "Asia/Tokyo"


class Shape(TypedDict, total=False):
    """When an opening takes place: once, regularly, or wherever its hosts are free."""

    flexible: bool
    starts_at: datetime
    weekday: str
    local_time: time
    zone: str
    rrule: str
    first_on: date | None


def read_openings(reading: Reading, round: RoundRow | None) -> tuple[OpeningRow, ...]:
    made = reading.rows("openings", lambda line: _opening(line, reading))
    sound = tuple(reading.once("openings", "opening_id", made, lambda row: row.code))
    if "openings" not in reading.sheets or not reading.sheets["openings"].rows:
        file = reading.sheets["openings"].file if "openings" in reading.sheets else "openings.csv"
        trouble = Unfit("This round has no openings and so no hosts: nobody could be visited.")
        reading.errors.append(whole_file(file, trouble))
    return sound if round is None else tuple(row for row in sound if _unfolds(reading, row, round))


def _opening(line: Line, reading: Reading) -> Iterator[OpeningRow]:
    yield OpeningRow(
        row=line.number,
        topics=line.take("topics", typed.several(typed.line(100))),
        most_per_week=line.take("most_per_week", typed.number(1, openings.WEEKLY_MOST)),
        site=line.take("site", typed.line(100)),
        travel_minutes=line.take("travel_min", typed.number(0, 24 * 60)),
        customer_consent=line.take("customer_consent", cells.consent),
        note=line.take("note", typed.text(LONG)),
        place=line.take("place", typed.line(200)),
        preparation=line.take("preparation", typed.text(LONG)),
        confidential=line.take("confidential", typed.yes),
        hosts=line.need("host_ids", typed.several(reading.person)),
        department=line.need("department_id", reading.department),
        kind=line.need("kind", cells.kind),
        title=line.need("title", typed.name),
        minutes=line.need("duration_min", cells.minutes),
        seats=line.need("seats", typed.number(1, openings.SEATS_MOST)),
        code=line.need("opening_id", typed.key),
        **_shape(line),
    )


def _shape(line: Line) -> Shape:
    once, weekday = line.text("starts_at"), line.text("weekday")
    if once and weekday:
        raise _refused(line, "weekday", Unfit("An opening with starts_at has no weekday. Empty one of the two cells."))
    if once.casefold() in ("flexible", "いつでも"):
        return {"flexible": True}
    if once:
        zone = line.take("tz", typed.zone)
        return {"starts_at": line.need("starts_at", lambda cell: typed.moment(cell, zone))}
    if not weekday:
        raise _refused(
            line,
            "starts_at",
            Unfit(
                "This opening has no time.",
                N_("Fill in starts_at, or weekday with local_time and tz, or write flexible."),
            ),
        )
    return _regular(line)


def _refused(line: Line, column: str, refusal: Refusal) -> Skipped:
    line.refuse(column, refusal)
    return Skipped()


def _regular(line: Line) -> Shape:
    weekday, clock = line.need("weekday", cells.weekday), line.need("local_time", typed.clock)
    rule, first = line.take("rrule", openings.rule), line.take("first_on", typed.day)
    zone = line.need("tz", typed.zone)
    if first is not None and WEEKDAYS[first.weekday()] != weekday:
        wrong = Unfit("%(first_on)s is not a %(weekday)s.", first_on=first, weekday=weekday)
        raise _refused(line, "first_on", wrong)
    parts = openings.read_rule(rule or "FREQ=WEEKLY")
    if weekday not in parts.get("BYDAY", weekday):
        raise _refused(line, "rrule", Unfit("The recurrence does not fall on %(weekday)s.", weekday=weekday))
    if first is None and (int(parts.get("INTERVAL", "1")) > 1 or "COUNT" in parts):
        sentence = Unfit(
            "A meeting that is not held every week needs the date on which it is first held.",
            N_("Fill in first_on, such as 2027-01-19."),
        )
        raise _refused(line, "first_on", sentence)
    return {"weekday": weekday, "local_time": clock, "zone": zone, "rrule": rule or "FREQ=WEEKLY", "first_on": first}


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
        if not openings.unfold(opening, frame(round)) and not row.flexible:
            reading.warnings.append(remark("The opening %(code)s does not take place in the round.", code=row.code))
        return True
    except Refusal as refusal:
        reading.refuse("openings", row.row, "rrule", row.rrule, refusal)
        return False


def frame(round: RoundRow) -> Round:
    """The days of the round, as a row that is in no database."""
    return Round(
        starts_on=round.starts_on,
        ends_on=round.ends_on,
        zone=round.zone or ZONE,
        closed_days=[day.isoformat() for day in round.closed_days or ()],
    )
