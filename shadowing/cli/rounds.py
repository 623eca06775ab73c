"""`flask rounds`: a round from folder to folder, its plan and its publishing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from shadowing import folders
from shadowing.background import jobs
from shadowing.cli.commands import FOLDER, GOOD_ROWS, Report, deed, mention, troubles
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.matching import pairings, solving
from shadowing.models import Job, Round, Solve
from shadowing.rounds import agenda, rounds
from shadowing.solver import problem as p
from shadowing.solver import stored

ID = click.IntRange(1, 2**31 - 1)
group = AppGroup("rounds", help="Rounds, from folder to folder.")


@group.command("import")
@click.argument("folder", type=FOLDER)
@GOOD_ROWS
@deed
def import_round(folder: Path, good_rows: bool) -> Report:
    """Import the round folder FOLDER, people and all. The same folder again changes nothing."""
    found = folders.read(folder)
    mention(found, good_rows)
    now = datetime.now(UTC)
    round = folders.take_in(found, good_rows, now)
    agenda.write(round, now)
    counts = {"people": len(found.people), "openings": len(found.openings), "guests": len(found.guests)}
    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Report(f"Round {round.id}: {said}", {"round_id": round.id, **counts} | troubles(found, found.errors))


@group.command("export")
@click.argument("id", type=ID)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--exclusions", is_flag=True, help="Also write who must not meet, which is private.")
@click.option("--locale", type=click.Choice(["en", "ja"]), default="en", help="Language of reasons and remedies.")
@deed
def export_round(id: int, folder: Path, exclusions: bool, locale: str) -> Report:
    """Write the round ID into FOLDER, its pairings and the unmatched too."""
    round = the_round(id)
    with force_locale(locale):
        folders.export(round, folder, exclusions, gettext)
    files = sorted(path.name for path in folder.iterdir())
    return Report(f"{folder}: {', '.join(files)}", {"round_id": id, "folder": str(folder), "files": files})


@group.command("list")
@deed
def list_rounds() -> Report:
    """All rounds, the one at work first."""
    found = [
        {
            "round_id": it.id,
            "title": it.title,
            "from": str(it.starts_on),
            "to": str(it.ends_on),
            "stage": it.stage.value,
        }
        for it in db.session.scalars(rounds.current())
    ]
    return Report(
        "\n".join("\t".join(map(str, it.values())) for it in found) or "There is no round yet.", {"rounds": found}
    )


def the_round(id: int) -> Round:
    round = db.session.get(Round, id)
    if round is None:
        raise Refusal("There is no round %(id)s.", id=id)
    return round


@group.command("solve")
@click.argument("id", type=ID)
@click.option("--seconds", type=click.IntRange(1, 86_400), default=45, show_default=True, help="How long at the most.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@deed
def solve_round(id: int, seconds: int, seed: int) -> Report:
    """Make the pairings of the round ID, here and now."""
    return _outcome(jobs.here_and_now(the_round(id), seconds, seed, _beat, datetime.now(UTC)))


def _beat(job: Job, progress: p.Progress) -> bool:
    if progress.tiers:
        tiers = "  ".join(f"{tier.name} {tier.value}/{tier.bound}" for tier in progress.tiers)
        click.echo(f"{progress.seconds} s  {progress.matched} of {progress.guests} guests  {tiers}", err=True)
    return bool(jobs.alive(job, progress, datetime.now(UTC)))


def _outcome(solve: Solve) -> Report:
    """*matched* is how it stands now; all else is of the plan that was found: *value* and *bound* those of the first tier,
    *gap* the widest of all, *tiers* each. *gone* have lost a visit that is not allowed any more."""
    plan, guests = stored.plan_from_json(str(solve.plan)), len(stored.from_json(solve.problem).guests)
    matched = len({seat.guest for seat in pairings.seats(solve.round)})
    gone = [person.display_name for person in db.session.scalars(solving.gone(solve))]
    value, bound = (plan.tiers[0].value, plan.tiers[0].bound) if plan.tiers else (0, 0)
    facts: dict[str, object] = {"status": plan.status.value, "matched": matched, "guests": guests}
    facts |= {"value": value, "bound": bound, "gap": plan.gap, "seconds": plan.seconds}
    facts |= {"taken": solve.status != solving.NOT_TAKEN, "found": solve.matched, "gone": gone}
    facts["tiers"] = [{"name": tier.name, "value": tier.value, "bound": tier.bound} for tier in plan.tiers]
    said = f"{plan.status.value}: {solve.matched} of {guests} guests, gap {plan.gap:.2%}, {plan.seconds:.1f} s"
    return Report("\n".join([said, *_remarks(solve, plan, matched, gone)]), facts)


def _remarks(solve: Solve, plan: p.Plan, matched: int, gone: list[str]) -> Iterator[str]:
    if plan.status is p.Status.NO_TIME:
        yield "There was no time to look for a plan. Give it more seconds."
    elif plan.cut_after is not None:
        yield f"The search was cut off after step {plan.cut_after}: another run may find another plan."
    if plan.short_of_memory:
        yield "The search ended early for lack of memory."
    if solve.status == solving.NOT_TAKEN:
        yield f"What was found is no better, so the pairings stay as they are: {matched} guests have a visit."
    if gone:
        yield f"Visits that are not possible any more were taken out: {', '.join(gone)}."


@group.command("publish")
@click.argument("id", type=ID)
@deed
def publish_round(id: int) -> Report:
    """Make the plan of the round ID final and write its letters; after changes, only theirs."""
    round, now = the_round(id), datetime.now(UTC)
    letters = rounds.publish(round, None, round.version, now, Sender.of(settings()), now)
    return Report(f"Letters written: {letters}", {"round_id": id, "letters": letters})
