"""Commands for operators and tests, all under `flask --app wsgi`. HR never needs them."""

from flask import Flask

from shadowing.cli import people, round_lists, rounds, service


def register(app: Flask) -> None:
    rounds.group.add_command(round_lists.import_list)
    for group in (people.group, rounds.group, service.admin_group, service.mail_group, service.doctor_group):
        app.cli.add_command(group)
    for name, body in (("demo", service.fill_demo), ("worker", service.work)):
        app.cli.command(name)(body)
