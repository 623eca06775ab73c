"""guests.csv, goals.csv and availability.csv, what people want and when they are free; history.csv and exclusions.csv,
who has met and who must not."""

from collections import defaultdict
from collections.abc import Iterator

from shadowing import typed
from shadowing.folders.reading import Reading
from shadowing.folders.rows import ExclusionRow, GoalRow, GuestRow, PastRow, SpanRow, VisitRow
from shadowing.folders.sheets import Line
from shadowing.i18n import N_
from shadowing.typed import Unfit


def read_guests(reading: Reading) -> tuple[GuestRow, ...]:
    made = reading.rows("guests", lambda line: [reading.read(line, GuestRow)])
    return tuple(reading.once("guests", "person_id", made, lambda row: row.person))


def read_goals(reading: Reading, guests: tuple[GuestRow, ...]) -> tuple[GoalRow, ...]:
    known = {row.person for row in guests}
    made = reading.rows("goals", lambda line: _goal(line, reading, known))
    sound = tuple(reading.once("goals", "rank", made, lambda row: (row.person, row.rank)))
    return tuple(_without_gaps(reading, sound))


def _goal(line: Line, reading: Reading, guests: set[str]) -> Iterator[GoalRow]:
    row = reading.read(line, GoalRow)
    if row.person not in guests:
        hint = N_("Add them to guests.csv.")
        line.refuse("person_id", Unfit("“%(value)s” is not a guest of this round.", hint, value=row.person))
    if row.department and row.topic:
        line.refuse("topic", Unfit("A goal is a department or a topic, not both. Empty one of the two cells."))
    if not row.department and not row.topic:
        line.refuse("department_id", Unfit("This goal names neither a department nor a topic."))
    yield row


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
    row = reading.read(line, SpanRow)
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
    visit = reading.read(line, VisitRow)
    if visit.guest in visit.hosts:
        line.refuse("host_ids", Unfit("Nobody is their own host."))
    for host in visit.hosts:
        yield PastRow(
            row=line.number,
            past_round=visit.past_round,
            position=places.setdefault(visit.past_round, len(places)),
            guest=visit.guest,
            host=host,
            department=visit.department,
        )


def read_exclusions(reading: Reading) -> tuple[ExclusionRow, ...]:
    made = reading.rows("exclusions", lambda line: _exclusion(line, reading))
    return tuple({frozenset((row.person, row.other)): row for row in reversed(made)}.values())


def _exclusion(line: Line, reading: Reading) -> Iterator[ExclusionRow]:
    row = reading.read(line, ExclusionRow)
    if row.person == row.other:
        line.refuse("other_id", Unfit("Nobody can be kept apart from themselves."))
    first, second = sorted((row.person, row.other))
    yield ExclusionRow(row=line.number, person=first, other=second, ends_on=row.ends_on)
