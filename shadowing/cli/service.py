"""The service itself: who may run rounds, its doctor, its worker, its line to the mail server, its sample company."""

from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from shadowing import folders, typed
from shadowing.background import worker
from shadowing.cli import commands, demo, doctor
from shadowing.cli.commands import Report, deed
from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.mail import links
from shadowing.views import auth

FIRST_KEY_LIVES = timedelta(minutes=30)
admin_group = AppGroup("admin", help="Who may run rounds.")
mail_group = AppGroup("mail", help="The line to the mail server.")


@admin_group.command("create")
@click.argument("email")
@click.option("--name", default="", help="Their name, if they are not among the people yet.")
@deed
def create_admin(email: str, name: str) -> Report:
    """Let EMAIL run rounds, and print the link of their first sign-in."""
    now = datetime.now(UTC)
    person = folders.make_admin(email, name)
    key = auth.new_key(person, None, now)
    key.expires_at = now + FIRST_KEY_LIVES
    token = links.sign(settings().secret_key, "sign_in", key.id)
    url = f"{settings().running_url}/sign-in/{token}"
    text = f"{person.display_name} may run rounds. Sign in within 30 minutes:\n{url}"
    return Report(text, {"person_id": person.code, "url": url, "expires_at": key.expires_at.isoformat()})


@deed
def fill_demo() -> Report:
    """Fill an empty database with a sample company."""
    round = demo.fill(datetime.now(UTC))
    count = len(list(db.session.scalars(people.active())))
    return Report(f"The sample company has {count} people and a solved round.", {"round_id": round.id, "people": count})


@click.group("doctor", cls=AppGroup, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
@with_appcontext
def doctor_group(context: click.Context, as_json: bool) -> None:
    """Check what the service needs, and say how to mend what is missing."""
    if context.invoked_subcommand is not None:
        return
    checks = doctor.examine(settings(), datetime.now(UTC))
    text = "\n".join(f"{'ok  ' if check.well else 'FAIL'} {check.name}: {check.says}" for check in checks)
    facts = [{"name": check.name, "well": check.well, "says": check.says} for check in checks]
    commands.answer(Report(text, {"checks": facts}, all(check.well for check in checks)), as_json)


@doctor_group.command("mail")
@click.argument("address")
@click.option("--minutes", default=15, type=click.IntRange(0, 240), help="How long to wait for answers.")
@deed
def examine_mail(address: str, minutes: int) -> Report:
    """Send a test invitation to ADDRESS, and say which of twelve faults was seen. Needs a worker that runs."""
    check = doctor.begin_check_up(settings(), typed.mail(address), datetime.now(UTC))
    db.session.commit()
    click.echo(f"Answer in the calendar of {check.address}: test invitation {check.mark}.", err=True)
    return doctor.followed(check, settings(), datetime.now(UTC) + timedelta(minutes=minutes))


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
    commands.answer(Report("The worker has ended.", {"status": status}, status == 0), as_json)


@mail_group.command("test")
@click.argument("address")
@deed
def test_mail(address: str) -> Report:
    """Send one mail to ADDRESS now, and say what the mail server answered."""
    doctor.send_test(settings(), address, datetime.now(UTC))
    return Report(f"The mail server took a mail for {address}.", {"address": address, "sent": True})
