"""Crash points: every SQL statement, commit and SMTP step that a process takes. It kills itself at one of them.

Lives in the tests only: the product has no hook. A kill is SIGKILL, so nothing is flushed, closed or rolled back."""

import os
import signal
import smtplib
from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import Engine, event

SMTP_STEPS = ("connect", "putcmd", "getreply")


class Points:
    """Counts the steps of this process; it dies at step *last* (0: never)."""

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_sql(self, engine: Engine) -> None:
        """Before each statement, and on both sides of each commit."""
        event.listen(engine, "before_cursor_execute", lambda *_: self.step())
        engine.dialect.do_commit = self._around(engine.dialect.do_commit)  # type: ignore[method-assign]

    def watch_smtp(self) -> None:
        """On both sides of each command and each reply, and in the middle of the mail itself."""
        for name in SMTP_STEPS:
            setattr(smtplib.SMTP, name, self._around(getattr(smtplib.SMTP, name)))
        whole = smtplib.SMTP.send

        def in_halves(smtp: smtplib.SMTP, data: Any) -> None:
            if len(data) < 500:
                return whole(smtp, data)
            whole(smtp, data[: len(data) // 2])
            self.step()
            return whole(smtp, data[len(data) // 2 :])

        smtplib.SMTP.send = in_halves  # type: ignore[method-assign,assignment]

    def _around(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(deed)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = deed(*args, **kwargs)
            self.step()
            return result

        return watched
