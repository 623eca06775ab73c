"""How good and how fast the matching is, side by side with plain ways of doing it, on seeded rounds and on two real ones.

`make bench` measures everything in about forty minutes and writes `bench/RESULTS.md`; `make bench-small` takes two minutes and
writes nothing. `python -m bench --sizes 60,200` chooses sizes, `--write` writes the results. Every measurement runs in a
process of its own and is kept in `artefacts/bench/` as soon as it is known."""
