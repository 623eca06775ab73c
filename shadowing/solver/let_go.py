"""The fewest pins to let go so that all others can be true together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shadowing.solver.problem import Seat, in_order

EXACT = 40

Pair = tuple[Seat, Seat]
Crowd = tuple[tuple[Seat, ...], int]
"""Who is pinned to one session, and how many of them it has seats for."""


def fewest(hopeless: Iterable[Seat], pairs: Iterable[Pair], crowds: Iterable[Crowd]) -> frozenset[Seat]:
    """*hopeless* pins cannot be even alone, no two of a *pair* together, and no more of a crowd than its seats.

    It is the smallest such set, proven by branching, where no more than EXACT pins hang together by their clashes. Of a
    larger knot the pin with the most clashes goes until there are none: a set of which no pin could stay, but maybe not
    the smallest."""
    gone = set(hopeless)
    near: dict[Seat, set[Seat]] = defaultdict(set)
    for one, other in pairs:
        if not gone & {one, other}:
            near[one].add(other)
            near[other].add(one)
    left = [(tuple(seat for seat in seats if seat not in gone), most) for seats, most in crowds]
    full = [(seats, most) for seats, most in left if len(seats) > most]
    for knot in _knots(near, full):
        gone.update(_undone(_tangle(knot, near, full)))
    return frozenset(gone)


def _knots(near: dict[Seat, set[Seat]], crowds: Sequence[Crowd]) -> Iterator[tuple[Seat, ...]]:
    """The pins that hang together by clashes, each knot in order."""
    beside = {seat: set(others) for seat, others in near.items()}
    for seats, _ in crowds:
        for seat in seats:
            beside.setdefault(seat, set()).update(seats)
    seen: set[Seat] = set()
    for first in in_order(beside):
        if first not in seen:
            knot, ahead = {first}, [first]
            while ahead:
                more = beside[ahead.pop()] - knot
                knot |= more
                ahead.extend(more)
            seen |= knot
            yield in_order(knot)


@dataclass(slots=True)
class Tangle:
    """One knot with its pins numbered; sets of them are the bits of an int. A pin is in one crowd at the most."""

    pins: tuple[Seat, ...]
    near: list[int]
    crowds: list[tuple[int, int]] = field(default_factory=list)
    best: int = 0

    def over(self, kept: int) -> Iterator[tuple[int, int]]:
        """Crowds of which too many are *kept*, and how many too many."""
        for crowd, most in self.crowds:
            if (excess := (crowd & kept).bit_count() - most) > 0:
                yield crowd, excess

    def clashes(self, kept: int) -> list[int]:
        """For each pin how much of what is *kept* it clashes with; 0 for those that are not kept."""
        counts = [(near & kept).bit_count() if kept >> pin & 1 else 0 for pin, near in enumerate(self.near)]
        for crowd, excess in self.over(kept):
            for pin in _bits(crowd & kept):
                counts[pin] += excess
        return counts

    def least(self, kept: int) -> int:
        """No fewer than so many of *kept* must go."""
        matched, pairs = 0, 0
        for pin in _bits(kept):
            free = self.near[pin] & kept & ~matched
            if free and not matched >> pin & 1:
                matched |= 1 << pin | free & -free
                pairs += 1
        return max(pairs, sum(excess for _, excess in self.over(kept)))


def _bits(these: int) -> Iterator[int]:
    while these:
        yield (these & -these).bit_length() - 1
        these &= these - 1


def _tangle(knot: tuple[Seat, ...], near: dict[Seat, set[Seat]], crowds: Sequence[Crowd]) -> Tangle:
    number = {seat: place for place, seat in enumerate(knot)}
    tangle = Tangle(knot, [sum(1 << number[other] for other in near.get(seat, ())) for seat in knot])
    for seats, most in crowds:
        if seats[0] in number:
            tangle.crowds.append((sum(1 << number[seat] for seat in seats), most))
    return tangle


def _undone(tangle: Tangle) -> Iterator[Seat]:
    every = (1 << len(tangle.pins)) - 1
    tangle.best = _by_turns(tangle, every)
    if len(tangle.pins) <= EXACT:
        _branch(tangle, every, 0)
    return (tangle.pins[pin] for pin in _bits(every & ~tangle.best))


def _by_turns(tangle: Tangle, kept: int) -> int:
    """The pin with the most clashes goes until there are none; then whoever can come back does."""
    every = kept
    while any(clashes := tangle.clashes(kept)):
        kept &= ~(1 << clashes.index(max(clashes)))
    for pin in _bits(every & ~kept):
        again = kept | 1 << pin
        if not tangle.near[pin] & kept and not any(tangle.over(again)):
            kept = again
    return kept


def _branch(tangle: Tangle, kept: int, held: int) -> None:
    """Of *kept* those in *held* are not to go. Leaves the largest set without a clash in *best*."""
    if kept.bit_count() - tangle.least(kept) <= tangle.best.bit_count():
        return
    clashes = tangle.clashes(kept)
    if not any(clashes):
        tangle.best = kept
        return
    loose = [0 if held >> pin & 1 else count for pin, count in enumerate(clashes)]
    if not any(loose):
        return
    pin = loose.index(max(loose))
    _branch(tangle, kept & ~(1 << pin), held)
    held |= 1 << pin
    kept &= ~tangle.near[pin]
    for crowd, most in tangle.crowds:
        if crowd >> pin & 1 and (crowd & held).bit_count() >= most:
            kept &= ~crowd | held
    if not held & ~kept:
        _branch(tangle, kept, held)
