"""The test's side of child.py: orders deeds from forks of a warm process."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shadowing.config import ROOT


@dataclass(frozen=True, slots=True)
class Outcome:
    """*survived*: it came to its end, after *points* steps, and *said* something; else it was killed."""

    survived: bool
    points: int = 0
    said: str = ""


class Zygote:
    def __init__(self) -> None:
        words = [sys.executable, "-W", "error", "-m", "tests.faults.child"]
        self.process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, deed: str, url: str, folder: Path, kill_at: int = 0, given: Any = None, **order: Any) -> Outcome:
        """Do *deed* on the database at *url* in a new process, killed at its step *kill_at* (0: never)."""
        order |= {"deed": deed, "url": url, "folder": str(folder), "kill_at": kill_at, "settings": given or {}}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("answer "):
                return Outcome(**json.loads(line.removeprefix("answer ")))
        raise AssertionError("the warm process died")

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()
