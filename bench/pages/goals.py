"""The goals of a good page, and whether what was measured meets them. Their numbers are those of the design."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.pages.deeds import Done
from bench.pages.look import Looked

KB = 1024
CPU_MOST = 0.2
FAST_ALIKE = ("board", "board, published", "alternatives", "run", "publish", "publish again")
SCREENS_MOST = 6
ROWS_MOST = 25


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal: *measured* is the worst of all pages, and *missed* names those that fell short."""

    goal: str
    target: str
    measured: str
    missed: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[str, ...]:
        said = f"fell short: {', '.join(self.missed)}" if self.missed else "met"
        return self.goal, self.target, self.measured, said


def verdicts(pages: list[Looked], deeds: list[Done]) -> Iterator[Verdict]:
    answer = [page for page in pages if page.name == "answer"]
    employee, hr = [one for one in pages if one.employee], [one for one in pages if not one.employee]
    quick = [page for page in pages if page.name in FAST_ALIKE]
    yield worst("CPU of board, alternatives, run, publish", "s", CPU_MOST, quick, lambda one: one.cpu, 3)
    yield worst("CPU of every page", "s", CPU_MOST, pages, lambda one: one.cpu, 3)
    yield worst("Height on a desk of 1280 × 800", "screens", SCREENS_MOST, pages, lambda one: one.heights[0])
    yield worst("Rows of a list at 360 × 740", "rows", ROWS_MOST, pages, lambda one: one.rows, 0)
    yield from pressed(deeds, ("U1", 8), ("U3", 1), ("U5", 3), ("U6", 6), ("U15", 40))
    yield from pressed(deeds, ("CPU ms", 1000))
    yield worst("U4 fields for a password", "", 0, pages, lambda one: one.passwords, 0)
    yield worst("U7 answer page, raw", "KB", 60, answer, lambda one: one.all[0] / KB)
    yield worst("U7 answer page, packed", "KB", 20, answer, lambda one: one.all[1] / KB)
    yield worst("U7 answer page, requests", "", 6, answer, lambda one: one.requests, 0)
    yield worst("U7 answer page, JavaScript packed", "KB", 5, answer, lambda one: one.script / KB)
    yield worst("U8 HR page, raw", "KB", 180, hr, lambda one: one.all[0] / KB)
    yield worst("U8 HR page, packed", "KB", 45, hr, lambda one: one.all[1] / KB)
    yield worst("U8 HR page, JavaScript packed", "KB", 20, hr, lambda one: one.script / KB)
    yield worst("U9 largest part there on a slow phone", "s", 1.8, pages, lambda one: one.paint, 2)
    yield worst("U10 layout shift", "", 0.02, pages, lambda one: one.shift, 3)
    yield worst("U11 findings of axe, 320, 360 and 1280 px, ja and en", "", 0, pages, lambda one: len(one.findings), 0)
    yield worst("U12 scrolls sideways at 320 px, or at 200 %", "", 0, pages, faults("sideways"), 0)
    yield least("U13 smallest target", 24, pages, lambda one: one.target)
    yield least("U13 smallest primary control of an employee", 44, employee, lambda one: one.primary)
    yield from worked(deeds)
    yield worst("U16 breaches of the content policy, errors of scripts", "", 0, pages, faults("console", "script"), 0)
    yield worst("U17 requests to others", "", 0, pages, faults("http"), 0)
    yield worst("U18 controls without an edge in forced colours", "", 0, pages, lambda one: one.edgeless, 0)
    yield worst("U18 wider than paper when printed", "", 0, pages, faults("wider"), 0)


def worst(
    goal: str, unit: str, most: float, pages: Iterable[Looked], of: Callable[[Looked], float], digits: int = 1
) -> Verdict:
    found = {page.name: round(of(page), digits) for page in pages}
    missed = tuple(f"{name} {value:g}" for name, value in found.items() if value > most)
    name = max(found, key=lambda name: found[name])
    where = f" ({name})" if len(found) > 1 and found[name] else ""
    return Verdict(goal, f"≤ {most:g} {unit}".rstrip(), f"{found[name]:g} {unit}".rstrip() + where, missed)


def least(goal: str, at_least: int, pages: Iterable[Looked], of: Callable[[Looked], int]) -> Verdict:
    found = {page.name: of(page) for page in pages}
    missed = tuple(f"{name} {value}" for name, value in found.items() if value < at_least)
    name = min(found, key=lambda name: found[name])
    return Verdict(goal, f"≥ {at_least} px", f"{found[name]} px ({name})", missed)


def faults(*kinds: str) -> Callable[[Looked], int]:
    return lambda page: sum(fault.startswith(kinds) for fault in page.faults)


def pressed(deeds: list[Done], *most: tuple[str, int]) -> Iterator[Verdict]:
    for goal, limit in most:
        for done in deeds:
            if done.goal == goal and done.count:
                missed = (str(done.count),) if done.count > limit else ()
                yield Verdict(f"{goal} {done.what}", f"≤ {limit}", str(done.count), missed)


def worked(deeds: list[Done]) -> Iterator[Verdict]:
    for done in deeds:
        if not done.count:
            said = "works" if done.works else "does not work"
            yield Verdict(f"{done.goal} {done.what}", "works", said, () if done.works else ("it",))
