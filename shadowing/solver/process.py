"""The solver as a child process: one JSON document on standard input, JSON lines on standard output.

In: an `Order` of `wire.py`, the problem in it as it is stored.
Out: {"progress": ...} and better and better plans as it goes, then one of {"plan": ..., "verdict": ...} at once,
{"reasons": [...]} after it;
{"frontier": ...} alone where the order names who *lost* a visit;
{"frontier": ...} alone where the order names who has lost a visit;
{"flaws": [...]} where the problem cannot be right; {"stopped": true} where there was no plan yet. SIGTERM ends the search, and
the best plan so far is still told. On Linux the child dies with its parent."""

from shadowing.solver.stopping import stopped  # first of all, for the reason that it says there

# isort: split

import ctypes
import os
import signal
import sys
from typing import NoReturn

from shadowing.solver.explain import why_not
from shadowing.solver.flaw import Contradiction
from shadowing.solver.flaws import flaws
from shadowing.solver.memory import limit
from shadowing.solver.problem import Plan, Progress, Status
from shadowing.solver.repair import repair
from shadowing.solver.solve import search
from shadowing.solver.standing import judge
from shadowing.solver.wire import Order, Word, order_from_json, word_to_json

PR_SET_PDEATHSIG = 1


def main() -> None:
    words_alone()
    order = order_from_json(sys.stdin.read())
    die_with(order.parent)
    megabytes = limit(order.memory)
    try:
        _answer(order) if order.lost is None else _mend(order, order.lost)
    except Contradiction as wrong:
        _tell(Word(flaws=wrong.flaws))
    except MemoryError:
        sys.stderr.write(f"It needs more memory than the {megabytes} MB that it may take.")
        end(1)
    end(0)


def words_alone() -> None:
    """Standard output is for words of ours: what an engine prints there by itself goes to standard error from now on."""
    sys.stdout.flush()
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)


def end(status: int) -> NoReturn:
    """At once, and without waiting for a call of the engine that a Stop has left behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _answer(order: Order) -> None:
    def keep(plan: Plan) -> None:
        _tell(Word(plan=plan, verdict=judge(order.standing, plan)))

    plan = search(order.problem, order.seconds, _progress, stopped.is_set, order.standing, keep)
    if plan.status is Status.NO_TIME and stopped.is_set():
        _tell(Word(stopped=True))
        return
    keep(plan)
    if plan.status is not Status.NO_TIME:
        _tell(Word(reasons=why_not(order.problem, plan.seats)))


def _mend(order: Order, lost: tuple[int, ...]) -> None:
    if found := flaws(order.problem):
        raise Contradiction(found)
    _tell(Word(frontier=repair(order.problem, order.standing, lost)))


def die_with(parent: int) -> None:
    """Ask the kernel to be killed when the parent ends; if it ended meanwhile, end at once. 0: there is none to die with."""
    if parent and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


def _progress(state: Progress) -> None:
    _tell(Word(progress=state))


def _tell(word: Word) -> None:
    print(word_to_json(word), flush=True)


if __name__ == "__main__":
    main()
