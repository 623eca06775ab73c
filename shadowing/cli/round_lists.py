"""`flask rounds import-list`: one list of free times or of openings, as people type them, goes into a round."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from shadowing.cli.commands import Report, as_facts, deed, line
from shadowing.cli.rounds import ID, the_round
from shadowing.errors import Refusal
from shadowing.lists.clocks import shown
from shadowing.lists.offers import ListedOffer
from shadowing.lists.questions import Answers, Question
from shadowing.lists.times import ListedSpan
from shadowing.rounds import lists
from shadowing.rounds.lists import RoundList

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LEVELS = {1: "maybe", 2: "yes"}


@click.command("import-list")
@click.argument("id", metavar="ROUND", type=ID)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--answers", type=FILE, help='Answers to questions, as JSON: {"about": "choice"}.')
@with_appcontext
@deed
def import_list(id: int, file: Path, dry_run: bool, answers: Path | None) -> Report:
    """Import FILE, one list of free times or of openings, into ROUND. Sound rows go in; the same list again changes nothing."""
    round, said, now = the_round(id), answers_in(answers) if answers else {}, datetime.now(UTC)
    if dry_run:
        told = lists.preview(round, file.name, file.read_bytes(), said, now)
    else:
        told = lists.take_in(round, file.name, file.read_bytes(), said, None, now)
    for error in told.errors:
        click.echo(line(error), err=True)
    return Report(in_words(told), facts_of(told) | {"dry_run": dry_run})


def answers_in(file: Path) -> Answers:
    """Raises Refusal."""
    try:
        said = json.loads(file.read_text("utf-8-sig"))
    except ValueError:
        said = None
    if isinstance(said, list) and all(isinstance(one, dict) for one in said):
        said = {one.get("about", ""): one.get("answer", "") for one in said}
    if not isinstance(said, dict):
        raise Refusal("The answers are no JSON like %(example)s.", example='{"about": "choice"}')
    return {str(about): str(choice) for about, choice in said.items()}


def in_words(told: RoundList) -> str:
    what = "people" if told.of_times else "openings"
    counts = (
        f"{what}: new {len(told.new)}, changed {len(told.changed)}, same {told.same}; rows left out {told.left_out}"
    )
    asked = [f"{one.about}: {one} [{'/'.join(one.choices)}] → {one.proposal}" for one in told.questions]
    return "\n".join([counts, *asked])


def facts_of(told: RoundList) -> dict[str, object]:
    holds: dict[str, object] = (
        {"spans": [_span(one) for one in told.spans]} if told.of_times else {"openings": _openings(told)}
    )
    return holds | {
        "questions": [_question(one) for one in told.questions],
        "errors": [as_facts(error) for error in told.errors],
        "left_out": told.left_out,
        "new": len(told.new),
        "changed": len(told.changed),
        "same": told.same,
    }


def _span(span: ListedSpan) -> dict[str, object]:
    times = {"from": shown(span.begin), "to": shown(span.end)}
    return {"person": span.person, "date": str(span.day), **times, "level": LEVELS[span.level], "zone": span.zone}


def _question(one: Question) -> dict[str, object]:
    return {"about": one.about, "ask": str(one), "proposal": one.proposal, "choices": list(one.choices)}


def _openings(told: RoundList) -> list[dict[str, object]]:
    """One row of the list is one of them, whatever the number of its dates."""
    rows: dict[tuple[object, ...], list[ListedOffer]] = defaultdict(list)
    for one in sorted((*told.offers, *told.waiting), key=lambda one: one.row):
        rows[one.row, one.begin, one.rule].append(one)
    return [_opening(row) for row in rows.values()]


def _opening(row: list[ListedOffer]) -> dict[str, object]:
    one, days = row[0], [str(day) for offer in row for day in offer.days]
    facts: dict[str, object] = {
        "row": one.row,
        "id": one.code,
        "hosts": list(one.hosts),
        "department": one.department,
        "kind": one.kind,
        "title": one.title,
        "minutes": one.minutes,
        "seats": one.seats,
    }
    if one.begin is not None:
        facts["from"] = shown(one.begin)
    if one.rule:
        first_on = one.first_on and str(one.first_on)
        weekday = {} if one.rule.nth or len(one.rule.days) > 1 else {"weekday": one.rule.codes[0]}
        return facts | weekday | {"rrule": one.rule.rrule, "first_on": first_on} | _more(one)
    if not days:
        return facts | {"flexible": True} | _more(one)
    when: dict[str, object] = {"date": days[0]} if len(days) == 1 else {"ids": [it.code for it in row], "dates": days}
    return facts | when | _more(one)


def _more(one: ListedOffer) -> dict[str, object]:
    said = {"place": one.place, "topics": one.topics, "preparation": one.preparation, "customer_consent": one.consent}
    return {name: text for name, text in said.items() if text}
