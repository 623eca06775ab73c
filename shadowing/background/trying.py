"""One deed of the background, tried: whatever goes wrong with one row must not stop the others."""

import traceback
from collections.abc import Callable
from typing import TypeVar

import structlog

from shadowing.extensions import db

log = structlog.get_logger()

Result = TypeVar("Result")


class Stopping(Exception):
    """The worker was told to stop, or declared dead: the job goes back as it was."""


def tried(deed: Callable[[], Result]) -> Result | str:
    """The result, or what went wrong, for the row: the one broad except of the product."""
    try:
        return deed()
    except Stopping:
        raise
    except Exception:
        log.exception("a row failed")
        db.session.rollback()
        return traceback.format_exc(limit=-3)
