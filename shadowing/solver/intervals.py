"""Sets of time: spans that overlap become disjoint, and are cut to others. The one place that merges spans."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter

from shadowing.solver.problem import Span

EVER = 2**62


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Disjoint, in order; neighbours of one level become one. Where two overlap, yes wins over if need be."""
    ordered = sorted(spans, key=attrgetter("start"))
    done: list[Span] = []
    for span in ordered:
        last = done[-1] if done else None
        if last is None or last.end < span.start or (last.end == span.start and last.level != span.level):
            done.append(span)
        elif last.level != span.level:
            return tuple(_swept(ordered))
        elif last.end < span.end:
            done[-1] = Span(last.start, span.end, span.level)
    return tuple(done)


def _swept(spans: Sequence[Span]) -> Iterator[Span]:
    """Of spans that overlap at unlike levels: from each edge to the next one the best that there is."""
    edges = sorted({edge for span in spans for edge in (span.start, span.end)})
    levels = [0] * len(edges)
    for span in sorted(spans, key=attrgetter("level")):
        first, last = bisect_left(edges, span.start), bisect_left(edges, span.end)
        levels[first:last] = [span.level] * (last - first)
    begin, level = 0, 0
    for edge, after in zip(edges, levels, strict=True):
        if after != level:
            if level:
                yield Span(begin, edge, level)
            begin, level = edge, after


def without(spans: Iterable[Span], pieces: Iterable[Span]) -> Iterator[Span]:
    """The parts of *spans* that lie outside the disjoint, ordered *pieces*."""
    edges = [-EVER, *(edge for piece in pieces for edge in (piece.start, piece.end)), EVER]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return cut(spans, [Span(begin, end) for begin, end in gaps if begin < end])


def cut(spans: Iterable[Span], pieces: Sequence[Span]) -> Iterator[Span]:
    """The parts of *spans* that lie within the disjoint, ordered *pieces*."""
    ends = [piece.end for piece in pieces]
    for span in spans:
        for piece in islice(pieces, bisect_right(ends, span.start), None):
            if piece.start >= span.end:
                break
            yield Span(max(span.start, piece.start), min(span.end, piece.end), span.level)
