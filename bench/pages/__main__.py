"""`python -m bench.pages` measures and prints; with `--write` it writes bench/PAGES.md too."""

import argparse
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.pages import company, deeds
from bench.pages.company import Site
from bench.pages.deeds import Done
from bench.pages.goals import KB, verdicts
from bench.pages.look import Looked, look, look_in_english
from bench.report import machine, table

RESULTS = Path(__file__).parent.parent / "PAGES.md"
GOALS = ("goal", "target", "worst of what was measured", "met or fell short")
HEAD = (
    "page", "CPU s", "SQL", "HTML KB", "packed", "all KB", "packed", "JS packed", "requests", "LCP s", "shift",
    "screens 1280 × 800", "360 × 740", "rows", "target px", "axe", "sheets of paper", "other faults",
)  # fmt: skip
NOTE = """1,208 people in 48 departments on SQLite: answers come in, the plan is reviewed, then published. CPU and statements are
of the server for one request, the median of five. KB are of the page alone and of all that it asks for, raw and packed as gzip
packs. LCP: the largest part is there on a phone (360 × 740, CPU four times slower, 1.6 Mbit/s, 150 ms each way, nothing packed or
kept), the median of its loads; shift is the most of them. Rows are those of its longest list, without the headings between them.
The smallest target leaves out links within a sentence; of a tick it is the label. axe: with its best practices, in ja and en, each
320, 360 and 1280 px wide. Sheets: printed on A4."""
ELSEWHERE = """## Not measured here

- U2 (seconds an answer takes people), U19 (screen readers), U22 (answers in a real round): by people.
- U18 beyond edges and widths: by eye.
- U20 (40 watchers of a solve): not measured.
- U21 and U23 are tests: `tests/solver/test_reasons_hold.py`, `tests/views/test_remedies.py`, `tests/rounds/test_previews.py`."""


def measured(there: Site, browser: Browser, loads: int, pages: dict[str, str]) -> list[Looked]:
    found = []
    for name, path in pages.items():
        found.append(look(there, browser, name, path, loads))
        print(" | ".join(line(found[-1])), flush=True)
    company.read(there, "en")
    for one in found:
        look_in_english(there, browser, pages[one.name], one)
    company.read(there, "ja")
    for one in found:
        print(one.name, sorted(one.findings | one.faults) or "sound", flush=True)
    return found


def everything(there: Site, browser: Browser, loads: int) -> Iterator[tuple[list[Looked], list[Done]]]:
    yield measured(there, browser, loads, company.answering(there)), deeds.of_answers(there, browser)
    pages = company.under_review(there)
    yield measured(there, browser, loads, pages), deeds.of_review(there, browser, pages)
    yield measured(there, browser, loads, company.published(there)), deeds.of_visits(there, browser)
    yield [], deeds.of_launch(there, browser)
    with company.empty() as fresh:
        handed = deeds.of_long_list(fresh, browser)
        yield measured(fresh, browser, loads, company.long_list(fresh)), handed


def line(one: Looked) -> tuple[str, ...]:
    sizes = (f"{size / KB:.1f}" for size in (*one.html, *one.all, one.script))
    heights = (f"{height:.1f}" for height in one.heights)
    faults = ", ".join(sorted(one.faults)) or "none"
    rest = (str(one.rows or "-"), str(one.target), ", ".join(sorted(one.findings)) or "0", str(one.sheets), faults)
    counts = (str(one.requests), f"{one.paint:.2f}", f"{one.shift:.3f}")
    return (one.name, f"{one.cpu:.3f}", str(one.statements), *sizes, *counts, *heights, *rest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write bench/PAGES.md")
    parser.add_argument(
        "--loads", type=int, default=3, help="loads of each page on the slow line; 3 where nothing is said"
    )
    said = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    pages, done = list[Looked](), list[Done]()
    print(" | ".join(HEAD))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=company.CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for some, deeds_done in everything(company.site(Path(folder)), browser, said.loads):
            pages, done = pages + some, done + deeds_done
        browser.close()
    goals = [one.line for one in verdicts(pages, done)]
    print(table(GOALS, goals))
    if said.write:
        about = "\n".join(f"- {one}" for one in (f"`python -m bench.pages --write --loads {said.loads}`", *machine()))
        parts = ("# What the pages weigh", about, NOTE, "## Goals", table(GOALS, goals), "## Pages")
        RESULTS.write_text("\n\n".join((*parts, table(HEAD, map(line, pages)), ELSEWHERE)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
