"""Commands for operators and tests, all under `flask --app wsgi`. HR never needs them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from shadowing import folders
from shadowing.background import jobs, worker
from shadowing.cli import commands, demo, doctor
from shadowing.cli.commands import Said, deed
from shadowing.company import people
from shadowing.config import Settings
from shadowing.errors import Refusal, RowError
from shadowing.extensions import db
from shadowing.mail import links
from shadowing.mail.letters import Sender
from shadowing.matching import pairings, solving
from shadowing.models import Job, Round, Solve
from shadowing.rounds import rounds
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.views import auth

KEY_LIVES = timedelta(minutes=30)
FOLDER = click.Path(exists=True, path_type=Path)
GOOD_ROWS = click.option("--good-rows", is_flag=True, help="Import what is sound, and leave out what is not.")

people_group = AppGroup("people", help="The list of employees.")
rounds_group = AppGroup("rounds", help="Rounds, from folder to folder.")
admin_group = AppGroup("admin", help="Who may run rounds.")
mail_group = AppGroup("mail", help="The line to the mail server.")


def register(app: Flask) -> None:
    for group in (people_group, rounds_group, admin_group, mail_group):
        app.cli.add_command(group)
    for name, body in (("demo", fill_demo), ("doctor", examine), ("worker", work)):
        app.cli.command(name)(body)


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


# People and rounds from folders


@people_group.command("import")
@click.argument("folder", type=FOLDER)
@GOOD_ROWS
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@deed
def import_people(folder: Path, good_rows: bool, dry_run: bool) -> Said:
    """Import people.csv and departments.csv of FOLDER, or one file of people."""
    now, found = datetime.now(UTC), folders.read(folder)
    _mention(found, good_rows)
    if dry_run:
        seen = folders.preview(found, now)
        counts = {"new": len(seen.new), "changed": len(seen.changed), "same": seen.same, "unlisted": seen.unlisted}
        departments, errors = len(seen.new_departments) + len(seen.changed_departments), seen.errors
    else:
        taken = folders.take_in_people(found, good_rows, now)
        counts = {"new": taken.new, "changed": taken.changed, "same": taken.same}
        departments, errors = taken.departments, taken.errors
    facts = {"people": len(found.people), **counts, "departments": departments, "dry_run": dry_run}
    return Said(", ".join(f"{name} {count}" for name, count in counts.items()), facts | _troubles(found, errors))


@rounds_group.command("import")
@click.argument("folder", type=FOLDER)
@GOOD_ROWS
@deed
def import_round(folder: Path, good_rows: bool) -> Said:
    """Import the round folder FOLDER, people and all. The same folder again changes nothing."""
    found = folders.read(folder)
    _mention(found, good_rows)
    round = folders.take_in(found, good_rows, datetime.now(UTC))
    counts = {"people": len(found.people), "openings": len(found.openings), "guests": len(found.guests)}
    said = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Said(f"Round {round.id}: {said}", {"round_id": round.id, **counts} | _troubles(found, found.errors))


def _mention(found: folders.Folder, good_rows: bool) -> None:
    """On standard error: how files were read, what is remarkable, and which rows stay out."""
    for file, encoding in found.encodings:
        click.echo(f"{file}: {encoding}", err=True)
    for remark in found.warnings:
        click.echo(str(remark), err=True)
    for error in found.errors if good_rows else ():
        click.echo(commands.line(error), err=True)


def _troubles(found: folders.Folder, errors: tuple[RowError, ...]) -> dict[str, Any]:
    left_out = {"errors": [commands.as_facts(error) for error in errors]} if errors else {}
    return {"warnings": [str(remark) for remark in found.warnings]} | left_out


@rounds_group.command("export")
@click.argument("id", type=int)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--exclusions", is_flag=True, help="Also write who must not meet, which is private.")
@click.option("--locale", type=click.Choice(["en", "ja"]), default="en", help="Language of reasons and remedies.")
@deed
def export_round(id: int, folder: Path, exclusions: bool, locale: str) -> Said:
    """Write the round ID into FOLDER, its pairings and the unmatched too."""
    round = _round(id)
    with force_locale(locale):
        folders.export(round, folder, exclusions, gettext)
    files = sorted(path.name for path in folder.iterdir())
    return Said(f"{folder}: {', '.join(files)}", {"round_id": id, "folder": str(folder), "files": files})


@rounds_group.command("list")
@deed
def list_rounds() -> Said:
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
    return Said(
        "\n".join("\t".join(map(str, it.values())) for it in found) or "There is no round yet.", {"rounds": found}
    )


def _round(id: int) -> Round:
    round = db.session.get(Round, id)
    if round is None:
        raise Refusal("There is no round %(id)s.", id=id)
    return round


# Solve and publish


@rounds_group.command("solve")
@click.argument("id", type=int)
@click.option("--seconds", type=click.IntRange(1, 86_400), default=45, show_default=True, help="How long at the most.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@deed
def solve_round(id: int, seconds: int, seed: int) -> Said:
    """Make the pairings of the round ID, here and now."""
    return _outcome(jobs.here_and_now(_round(id), seconds, seed, _beat, datetime.now(UTC)))


def _beat(job: Job, progress: dict[str, Any]) -> bool:
    if progress:
        click.echo("  ".join(f"{name} {value}" for name, value in progress.items()), err=True)
    return bool(jobs.alive(job, progress, datetime.now(UTC)))


def _outcome(solve: Solve) -> Said:
    """*matched* is how it stands now; all else is of the plan that was found: *value* and *bound* those of the first tier,
    *gap* the widest of all, *tiers* each. *gone* have lost a visit that is not allowed any more."""
    plan, guests = stored.plan_from_json(str(solve.plan)), len(stored.from_json(solve.problem).guests)
    matched = len({seat.guest for seat in pairings.seats(solve.round)})
    gone = [person.display_name for person in db.session.scalars(solving.gone(solve))]
    value, bound = (plan.tiers[0].value, plan.tiers[0].bound) if plan.tiers else (0, 0)
    facts: dict[str, Any] = {"status": plan.status.value, "matched": matched, "guests": guests}
    facts |= {"value": value, "bound": bound, "gap": plan.gap, "seconds": plan.seconds}
    facts |= {"taken": solve.status != solving.NOT_TAKEN, "found": solve.matched, "gone": gone}
    facts["tiers"] = [{"name": tier.name, "value": tier.value, "bound": tier.bound} for tier in plan.tiers]
    said = f"{plan.status.value}: {solve.matched} of {guests} guests, gap {plan.gap:.2%}, {plan.seconds:.1f} s"
    return Said("\n".join([said, *_remarks(solve, plan, matched, gone)]), facts)


def _remarks(solve: Solve, plan: p.Plan, matched: int, gone: list[str]) -> Iterator[str]:
    if plan.status is p.Status.NO_TIME:
        yield "There was no time to look for a plan. Give it more seconds."
    if solve.status == solving.NOT_TAKEN:
        yield f"What was found is no better, so the pairings stay as they are: {matched} guests have a visit."
    if gone:
        yield f"Visits that are not possible any more were taken out: {', '.join(gone)}."


@rounds_group.command("publish")
@click.argument("id", type=int)
@deed
def publish_round(id: int) -> Said:
    """Make the plan of the round ID final and write its letters; after changes, only theirs."""
    round, now = _round(id), datetime.now(UTC)
    letters = rounds.publish(round, None, round.version, now, Sender.of(settings()), now)
    return Said(f"Letters written: {letters}", {"round_id": id, "letters": letters})


# The service itself


@admin_group.command("create")
@click.argument("email")
@click.option("--name", default="", help="Their name, if they are not among the people yet.")
@deed
def create_admin(email: str, name: str) -> Said:
    """Let EMAIL run rounds, and print the link of their first sign-in."""
    now = datetime.now(UTC)
    person = folders.make_admin(email, name)
    key = auth.new_key(person, None, now)
    key.expires_at = now + KEY_LIVES
    token = links.sign(settings().secret_key, "sign_in", key.id)
    url = f"{settings().public_url}/sign-in/{token}"
    text = f"{person.display_name} may run rounds. Sign in within 30 minutes:\n{url}"
    return Said(text, {"person_id": person.code, "url": url, "expires_at": key.expires_at.isoformat()})


@deed
def fill_demo() -> Said:
    """Fill an empty database with a sample company."""
    round = demo.fill(datetime.now(UTC))
    count = len(list(db.session.scalars(people.active())))
    return Said(f"The sample company has {count} people and a solved round.", {"round_id": round.id, "people": count})


@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def examine(as_json: bool) -> None:
    """Check what the service needs, and say how to mend what is missing."""
    checks = doctor.examine(settings(), datetime.now(UTC))
    text = "\n".join(f"{'ok  ' if check.well else 'FAIL'} {check.name}: {check.says}" for check in checks)
    facts = [{"name": check.name, "well": check.well, "says": check.says} for check in checks]
    commands.answer(Said(text, {"checks": facts}, all(check.well for check in checks)), as_json)


@click.option("--until-idle", is_flag=True, help="End when nothing is due any more.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def work(until_idle: bool, as_json: bool) -> None:
    """Send what is due, make the plans that were asked for."""
    try:
        commands.prepare_database()
    except Refusal as refusal:
        commands.refuse(refusal, as_json)
    db.session.remove()
    status = worker.run(current_app._get_current_object(), until_idle)  # type: ignore[attr-defined]  # the app itself: threads have no context
    commands.answer(Said("The worker has ended.", {"status": status}, status == 0), as_json)


@mail_group.command("test")
@click.argument("address")
@deed
def test_mail(address: str) -> Said:
    """Send one mail to ADDRESS now, and say what the mail server answered."""
    doctor.send_test(settings(), address, datetime.now(UTC))
    return Said(f"The mail server took a mail for {address}.", {"address": address, "sent": True})
