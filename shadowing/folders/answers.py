"""guests.csv, goals.csv and availability.csv, what people want and when they are free; history.csv and exclusions.csv,
who has met and who must not."""

from collections import defaultdict
from collections.abc import Iterator

from shadowing import typed
from shadowing.folders import cells
from shadowing.folders.reading import Reading
from shadowing.folders.rows import ExclusionRow, GoalRow, GuestRow, PastRow, SpanRow
from shadowing.folders.sheets import Line
from shadowing.i18n import N_
from shadowing.typed import LONG, Unfit


def read_guests(reading: Reading) -> tuple[GuestRow, ...]:
    made = reading.rows("guests", lambda line: _guest(line, reading))
    return tuple(reading.once("guests", "person_id", made, lambda row: row.person))


def _guest(line: Line, reading: Reading) -> Iterator[GuestRow]:
    yield GuestRow(
        row=line.number,
        visits=line.take("visits", typed.number(0, 20)),
        note=line.take("note", typed.text(LONG)),
        surprise=line.take("surprise", typed.yes),
        person=line.need("person_id", reading.person),
    )


def read_goals(reading: Reading, guests: tuple[GuestRow, ...]) -> tuple[GoalRow, ...]:
    known = {row.person for row in guests}
    made = reading.rows("goals", lambda line: _goal(line, reading, known))
    sound = tuple(reading.once("goals", "rank", made, lambda row: (row.person, row.rank)))
    return tuple(_without_gaps(reading, sound))


def _goal(line: Line, reading: Reading, guests: set[str]) -> Iterator[GoalRow]:
    person = line.need("person_id", reading.person)
    if person not in guests:
        line.refuse(
            "person_id",
            Unfit("“%(value)s” is not a guest of this round.", N_("Add them to guests.csv."), value=person),
        )
    department, topic = line.take("department_id", reading.department), line.take("topic", typed.line(100))
    if department and topic:
        line.refuse("topic", Unfit("A goal is a department or a topic, not both. Empty one of the two cells."))
    if not line.text("department_id") and not topic:
        line.refuse("department_id", Unfit("This goal names neither a department nor a topic."))
    yield GoalRow(
        row=line.number,
        person=person,
        department=department,
        topic=topic,
        text=line.take("text", typed.text(LONG)),
        rank=line.need("rank", typed.number(1, 20)),
    )


def _without_gaps(reading: Reading, made: tuple[GoalRow, ...]) -> Iterator[GoalRow]:
    """Ranks run 1, 2, 3. Where another row of the same guest is wrong, its rank is not missed as well."""
    ranks, wrong = defaultdict(set), set()
    for row in made:
        ranks[row.person].add(row.rank)
    if "goals" in reading.sheets:
        sound = {row.row for row in made}
        spoilt = (line for line in reading.sheets["goals"].lines() if line.number not in sound)
        wrong = {typed.asked(typed.key, line.text("person_id"), "") for line in spoilt}
    for row in made:
        if row.person not in wrong and row.rank > len(ranks[row.person]):
            trouble = Unfit("The ranks of a guest count 1, 2, 3 without a gap.")
            reading.refuse("goals", row.row, "rank", str(row.rank), trouble)
        else:
            yield row


def read_availability(reading: Reading) -> tuple[SpanRow, ...]:
    made = reading.rows("availability", lambda line: _span(line, reading))
    return tuple(_apart(reading, made))


def _span(line: Line, reading: Reading) -> Iterator[SpanRow]:
    zone = line.take("zone", typed.zone)
    row = SpanRow(
        row=line.number,
        level=line.take("level", cells.level) or 2,
        person=line.need("person_id", reading.person),
        starts_at=line.need("starts_at", lambda cell: typed.moment(cell, zone)),
        ends_at=line.need("ends_at", lambda cell: typed.moment(cell, zone)),
    )
    if row.ends_at <= row.starts_at:
        line.refuse("ends_at", Unfit("This time ends before it begins."))
    yield row


def _apart(reading: Reading, made: tuple[SpanRow, ...]) -> Iterator[SpanRow]:
    """A person's times do not overlap; they may touch."""
    last: dict[str, SpanRow] = {}
    for row in sorted(made, key=lambda row: (row.person, row.starts_at, row.row)):
        before = last.get(row.person)
        if before and row.starts_at < before.ends_at:
            trouble = Unfit("This time overlaps with row %(other)s.", other=before.row)
            reading.refuse(
                "availability", row.row, "starts_at", reading.cell("availability", row.row, "starts_at"), trouble
            )
        else:
            last[row.person] = row
            yield row


def read_history(reading: Reading) -> tuple[PastRow, ...]:
    places: dict[str, int] = {}
    made = reading.rows("history", lambda line: _past(line, reading, places))
    return tuple({(row.past_round, row.guest, row.host): row for row in reversed(made)}.values())


def _past(line: Line, reading: Reading, places: dict[str, int]) -> Iterator[PastRow]:
    department = line.take("department_id", reading.department)
    round = line.need("round", typed.line(200))
    guest, hosts = line.need("guest_id", reading.person), line.need("host_ids", typed.several(reading.person))
    if guest in hosts:
        line.refuse("host_ids", Unfit("Nobody is their own host."))
    position = places.setdefault(round, len(places))
    for host in hosts:
        yield PastRow(
            row=line.number, past_round=round, position=position, guest=guest, host=host, department=department
        )


def read_exclusions(reading: Reading) -> tuple[ExclusionRow, ...]:
    made = reading.rows("exclusions", lambda line: _exclusion(line, reading))
    return tuple({frozenset((row.person, row.other)): row for row in reversed(made)}.values())


def _exclusion(line: Line, reading: Reading) -> Iterator[ExclusionRow]:
    person, other = line.need("person_id", reading.person), line.need("other_id", reading.person)
    if person == other:
        line.refuse("other_id", Unfit("Nobody can be kept apart from themselves."))
    first, second = sorted((person, other))
    yield ExclusionRow(row=line.number, person=first, other=second)
