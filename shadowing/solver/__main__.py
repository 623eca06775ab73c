"""The solver as a child process: one JSON document on standard input, JSON lines on standard output.

In: {"problem": ..., "seconds": ...}. Out: {"progress": ...} as it goes, then {"plan": ...} or {"contradiction": [pins]}.
SIGTERM ends the search, and the best plan so far is still told within 2 s. On Linux the child dies with its parent."""

import ctypes
import json
import os
import signal
import sys
from threading import Event
from typing import Any

from shadowing.solver.problem import Contradiction, Seat, from_json, plan_to_json
from shadowing.solver.solve import solve

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = os.getppid()
    die_with(parent)
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    order = json.load(sys.stdin)
    try:
        plan = solve(
            from_json(json.dumps(order["problem"])), float(order.get("seconds", 60)), _progress, stopped.is_set
        )
    except Contradiction as clash:
        _tell({"contradiction": [_pin(pin) for pin in clash.pins]})
    else:
        _tell({"plan": json.loads(plan_to_json(plan))})


def die_with(parent: int) -> None:
    """Ask the kernel to be killed when the parent ends; if it ended meanwhile, end at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent or parent == 1:
        os._exit(1)


def _progress(state: dict[str, Any]) -> None:
    _tell({"progress": state})


def _pin(pin: Seat) -> dict[str, int]:
    return {"guest": pin.guest, "opening": pin.opening, "start": pin.start}


def _tell(message: dict[str, Any]) -> None:
    print(json.dumps(message, ensure_ascii=False, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main()
