"""One page looked at: what the server spends on it, what comes over the line, how fast and how tall it is, whom it shuts out."""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, Response
from sqlalchemy import Engine, event

from bench.pages.company import DESK, EMPLOYEE, PHONE, Site, opened

AXE = Path(__file__).parent.parent.parent / "tests" / "interop" / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 360, 1280)
TRIES, PAUSES_MOST = 5, 100
PAPER = (718, 1000)
"""A4 within margins of 1 cm, in CSS pixels."""
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER_CPU = 4
WATCH = """window.seen = {paint: 0, shift: 0};
new PerformanceObserver(l => l.getEntries().forEach(e => { seen.paint = e.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => { if (!e.hadRecentInput) seen.shift += e.value; }))
  .observe({type: "layout-shift", buffered: true});"""
TARGETS = """which => [...document.querySelectorAll(which)]
  .filter(one => !one.closest(".vh, .skip") && getComputedStyle(one).display != "inline")
  .map(one => (one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one).getBoundingClientRect())
  .filter(box => box.height > 1)
  .reduce((least, box) => Math.min(least, Math.round(box.width), Math.round(box.height)), 99)"""
EVERY_TARGET = "a, button, summary, select, input:not([type=hidden])"
PRIMARY = "main button.primary, main a.button.primary, main .chips label, main .answers button"
ROWS = """Math.max(0, ...[...document.querySelectorAll("main .rows")].map(
  list => [...list.children].filter(row => !row.matches(".day") && row.getClientRects().length).length))"""
RESIZED = """width => new Promise(done => {
  const look = () => innerWidth == width ? done() : requestAnimationFrame(look); look(); })"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
EDGELESS = """[...document.querySelectorAll("main button, main .button, main select, main input:not([type=hidden])")]
  .filter(one => one.getClientRects().length && !one.closest(".vh") && !one.matches(":disabled, .vh"))
  .filter(one => { const style = getComputedStyle(one); return style.appearance == "none" && style.borderTopWidth == "0px"
    && style.outlineStyle == "none" && !style.textDecorationLine.includes("underline"); }).length"""


@dataclass(slots=True, kw_only=True)
class Looked:
    """Of one page. Bytes of *html* and of *all* that it asks for, each raw and packed; *script* is packed. *heights* are in
    screens of desk and phone. *findings* are of axe, *faults* of the browser (policy, foreign requests, scrolling sideways)."""

    name: str
    employee: bool
    cpu: float = 0
    statements: int = 0
    html: tuple[int, int] = (0, 0)
    all: tuple[int, int] = (0, 0)
    script: int = 0
    requests: int = 0
    paint: float = 0
    shift: float = 0
    heights: tuple[float, float] = (0, 0)
    rows: int = 0
    target: int = 99
    primary: int = 99
    edgeless: int = 0
    sheets: int = 0
    passwords: int = 0
    findings: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)


def look(there: Site, browser: Browser, name: str, path: str, loads: int) -> Looked:
    """In Japanese, and all that does not depend on the language; on the slow line it is loaded so many times."""
    found = Looked(name=name, employee=path.startswith(EMPLOYEE))
    _ask_server(there, path, found)
    _load(there, browser, path, found)
    _load_slowly(there, browser, path, found, loads)
    return found


def _ask_server(there: Site, path: str, found: Looked) -> None:
    """CPU is that of this process, in which nothing else happens meanwhile."""
    seconds = []
    for _ in range(TRIES):
        with _statements() as seen:
            begun = time.process_time()
            answer = there.client.get(path)
            seconds.append(time.process_time() - begun)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status}")
    found.cpu, found.statements = median(seconds), len(seen)


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def _load(there: Site, browser: Browser, path: str, found: Looked) -> None:
    page = opened(there, browser)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # a built-in takes no mark of playwright
    watch(page, there, found)
    page.goto(there.address + path, wait_until="networkidle")
    bodies = [(answer.request.resource_type, answer.body()) for answer in answers]
    found.requests, found.html = len(bodies), (len(bodies[0][1]), _packed(bodies[0][1]))
    found.all = sum(len(body) for _, body in bodies), sum(_packed(body) for _, body in bodies)
    found.script = sum(_packed(body) for kind, body in bodies if kind == "script")
    found.passwords = page.locator("input[type=password]").count()
    heights = []
    for size in (DESK, PHONE):
        _resize(page, size)
        heights.append(page.evaluate("document.documentElement.scrollHeight") / size[1])
        found.target = min(found.target, page.evaluate(TARGETS, EVERY_TARGET))
    found.heights, found.rows = (heights[0], heights[1]), page.evaluate(ROWS)
    found.primary = page.evaluate(TARGETS, PRIMARY)
    _fits_all(page, "ja", found)
    _enlarge(page, found)
    _print(page, found)
    page.context.close()


def watch(page: Page, there: Site, found: Looked) -> None:
    """Notes what breaks the policy and what is asked of other machines."""
    page.on("console", lambda line: found.faults.add(f"console: {line.text[:60]}") if line.type == "error" else None)
    page.on("pageerror", lambda error: found.faults.add(f"script: {str(error)[:60]}"))
    page.on("request", lambda asked: None if asked.url.startswith(there.address) else found.faults.add(asked.url))


def _packed(body: bytes) -> int:
    return len(gzip.compress(body))


def _resize(page: Page, size: tuple[int, int]) -> None:
    """And waits until the page has it: on a busy machine it still has the old one for a while."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(RESIZED, size[0])


def _enlarge(page: Page, found: Looked) -> None:
    """Text of twice the size on a desk."""
    _resize(page, DESK)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate(SIDEWAYS):
        found.faults.add("sideways at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")


def _print(page: Page, found: Looked) -> None:
    """On paper, and in the colours of a reader who chose their own."""
    _resize(page, PAPER)
    page.emulate_media(media="print")
    if page.evaluate(SIDEWAYS):
        found.faults.add("wider than paper")
    found.sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    _resize(page, DESK)
    page.emulate_media(media="screen", forced_colors="active")
    found.edgeless = page.evaluate(EDGELESS)
    page.emulate_media(media="screen", forced_colors="none")


def _load_slowly(there: Site, browser: Browser, path: str, found: Looked, loads: int) -> None:
    """On a phone with a slow line: the median of when its largest part is there, and the most that anything jumps."""
    paints = []
    for _ in range(loads):
        page = opened(there, browser, PHONE)
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_LINE)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
        page.add_init_script(WATCH)
        page.goto(there.address + path, wait_until="networkidle")
        seen = _seen(page)
        paints.append(seen["paint"] / 1000)
        found.shift = max(found.shift, seen["shift"])
        page.context.close()
    found.paint = median(paints)


def _seen(page: Page) -> dict[str, float]:
    """What the page has noted, once its largest part is there."""
    for _ in range(PAUSES_MOST):
        seen: dict[str, float] = page.evaluate("seen")
        if seen["paint"]:
            return seen
        page.wait_for_timeout(100)
    raise RuntimeError(f"{page.url} paints nothing")


def look_in_english(there: Site, browser: Browser, path: str, found: Looked) -> None:
    page = opened(there, browser, language="en")
    watch(page, there, found)
    page.goto(there.address + path, wait_until="networkidle")
    _fits_all(page, "en", found)
    page.context.close()


def _fits_all(page: Page, language: str, found: Looked) -> None:
    """At all widths: what axe finds, and whether the page scrolls sideways."""
    for width in WIDTHS:
        _resize(page, (width, DESK[1]))
        if page.evaluate(SIDEWAYS):
            found.faults.add(f"sideways at {width} px, {language}")
        found.findings |= _axe(page, f"{language} {width}")


def _axe(page: Page, where: str) -> set[str]:
    if not page.evaluate("typeof axe == 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", AXE_TAGS)
    return {f"{rule['id']} ({where})" for rule in found["violations"]}
