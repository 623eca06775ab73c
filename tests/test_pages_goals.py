"""What `make bench-pages` says of the pages it measured: the worst counts, and every page that falls short is named."""

from bench.pages.deeds import Done
from bench.pages.goals import least, pressed, verdicts, worst
from bench.pages.look import Looked


def looked(name: str, **measured: float) -> Looked:
    return Looked(name=name, employee=False, **measured)  # type: ignore[arg-type] # fields by name


def test_the_worst_page_is_shown_and_all_that_fall_short_are_named() -> None:
    pages = [looked("home", cpu=0.1), looked("board", cpu=0.25), looked("run", cpu=0.3)]

    one = worst("CPU", "s", 0.2, pages, lambda page: page.cpu, 2)

    assert one.line == ("CPU", "≤ 0.2 s", "0.3 s (run)", "fell short: board 0.25, run 0.3")


def test_a_page_that_is_just_good_enough_meets_the_goal() -> None:
    pages = [looked("home", cpu=0.2), looked("run", target=24)]

    assert worst("CPU", "s", 0.2, pages, lambda page: page.cpu).line[-1] == "met"
    assert least("target", 24, pages, lambda page: page.target).line[-1] == "met"


def test_one_press_too_many_falls_short() -> None:
    deeds = [Done("U1", "taps", 9), Done("U3", "taps again", 1)]

    said = [one.line[-1] for one in pressed(deeds, ("U1", 8), ("U3", 1))]

    assert said == ["fell short: 9", "met"]


def test_findings_faults_and_deeds_that_do_not_work_fall_short() -> None:
    sound = looked("board")
    wrong = looked("run")
    wrong.findings, wrong.faults = {"region (ja 320)"}, {"sideways at 320 px, ja", "https://example.org/x.js"}
    employee = Looked(name="answer", employee=True)
    deeds = [Done("U14", "answer without JavaScript", works=False), Done("U14", "publish without JavaScript")]

    missed = [one.goal for one in verdicts([sound, wrong, employee], deeds) if one.missed]

    assert missed == [
        "U11 findings of axe, 320, 360 and 1280 px, ja and en",
        "U12 scrolls sideways at 320 px, or at 200 %",
        "U14 answer without JavaScript",
        "U17 requests to others",
    ]
