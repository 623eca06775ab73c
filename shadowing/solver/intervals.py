"""Sets of time: spans that overlap become disjoint, and are cut to others. The one place that merges spans."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from shadowing.solver.problem import Span


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Disjoint, in order; neighbours of one level become one. Where two overlap, yes wins over if need be."""
    given = sorted(spans, key=lambda span: span.level)
    edges = sorted({edge for span in given for edge in (span.start, span.end)})
    levels = [0] * len(edges)
    for span in given:
        first, last = bisect_left(edges, span.start), bisect_left(edges, span.end)
        levels[first:last] = [span.level] * (last - first)
    return tuple(_joined(edges, levels))


def _joined(edges: Sequence[int], levels: Sequence[int]) -> Iterator[Span]:
    """From each edge to the next one the time is of one level; 0 is not free."""
    begin, level = 0, 0
    for edge, after in zip(edges, levels, strict=True):
        if after != level:
            if level:
                yield Span(begin, edge, level)
            begin, level = edge, after


def cut(spans: Iterable[Span], pieces: Sequence[Span]) -> Iterator[Span]:
    """The parts of *spans* that lie within the disjoint, ordered *pieces*."""
    ends = [piece.end for piece in pieces]
    for span in spans:
        for piece in islice(pieces, bisect_right(ends, span.start), None):
            if piece.start >= span.end:
                break
            yield Span(max(span.start, piece.start), min(span.end, piece.end), span.level)
