"""A warm process of the product that forks: each fork does one deed and may be killed at one of its steps.

Run as `python -m tests.faults.child`; it reads one order a line from standard input and answers each with a line."""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from flask_babel import gettext
from sqlalchemy.orm import configure_mappers

from shadowing.app import create_app
from shadowing.background import worker
from shadowing.config import ROOT
from shadowing.extensions import db
from tests.conftest import settings
from tests.faults.points import Points

Order = dict[str, Any]


def publish(app: Flask, order: Order) -> str:
    """HR presses the button; answers the status that HR sees."""
    client = app.test_client()
    client.set_cookie("session", order["cookie"])
    return client.post(f"/rounds/{order['round']}/publish", data=order["form"]).status


def send(app: Flask, order: Order) -> str:
    return str(worker.run(app, until_idle=True))


def plan(app: Flask, order: Order) -> str:
    """The worker plans the mails around visits at the instant *now*, and sends none."""
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"mail_server": ""})
    return str(worker.Ahead(app, lambda: datetime.fromisoformat(order["now"])).plan())


def command(app: Flask, order: Order) -> str:
    done = app.test_cli_runner().invoke(args=order["words"])
    return f"{done.exit_code} {done.output}"


def migrate(app: Flask, order: Order) -> str:
    with app.app_context():
        flask_migrate.upgrade()
    return "migrated"


DEEDS: dict[str, Callable[[Flask, Order], str]] = {
    "publish": publish,
    "plan": plan,
    "send": send,
    "command": command,
    "migrate": migrate,
}


def forked(app: Flask, order: Order) -> dict[str, Any]:
    """What a fork did with *order*: whether it survived, after how many steps, and what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answer = done(app, order)
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else {"survived": False}


def done(app: Flask, order: Order) -> dict[str, Any]:
    points = Points(order["kill_at"])
    with app.app_context():
        points.watch_sql(db.engine)
    points.watch_smtp()
    said = DEEDS[order["deed"]](app, order)
    return {"survived": True, "points": points.count, "said": said[-4000:]}


def app_of(order: Order) -> Flask:
    """Warm, but without a connection, which no two forks may share."""
    given = settings(Path(order["folder"]), database_url=order["url"], **order["settings"])
    app = create_app(given)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    with app.test_request_context():
        gettext("warm")
    return app


def main() -> None:
    apps: dict[str, Flask] = {}
    for line in sys.stdin:
        order = json.loads(line)
        name = json.dumps([order["url"], order["settings"]])
        if name not in apps:
            apps.clear()
            apps[name] = app_of(order)
        print("answer", json.dumps(forked(apps[name], order)), flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    configure_mappers()
    assert psycopg.__version__  # its libraries are loaded once, before the first fork
    main()
