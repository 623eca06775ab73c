"""When the mails around a visit go, over random weeks, zones, holidays and closed days: on a working day, at working hours, before
the visit, and each once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shadowing.company import workdays
from shadowing.company.workdays import Workdays
from shadowing.models import BY_ITSELF, LetterKind
from shadowing.visiting import moments
from shadowing.visiting.moments import VisitHours, Window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BRIEF, EVE, MORNING, AFTER, AGAIN = BY_ITSELF
ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC", "Asia/Shanghai")
WEEKS = (
    "mon-fri 09:00-18:00",
    "mon-fri 13:00-22:00",
    "tue-sat 06:00-08:00",
    "tue 09:00-12:00",
    "mon-sun 00:00-24:00",
    "mon 09:00-12:00, wed-thu 10:00-12:00, wed-thu 13:00-19:00",
)
days = st.dates(date(2026, 12, 1), date(2027, 12, 31))


@st.composite
def readers(draw: st.DrawFn) -> Workdays:
    closed = draw(st.frozensets(st.integers(-14, 14), max_size=8))
    zone, hours = draw(st.sampled_from(ZONES)), draw(st.sampled_from(WEEKS))
    first = draw(days)
    return Workdays(zone, hours, frozenset(first + n * DAY for n in closed))


@st.composite
def visits(draw: st.DrawFn) -> VisitHours:
    begin = datetime.combine(draw(days), datetime.min.time(), UTC) + timedelta(minutes=draw(st.integers(0, 1439)))
    length = timedelta(minutes=draw(st.integers(15, 10 * 60)))
    return VisitHours(leaves_at=begin, ends_at=begin + length, on_the_road=draw(st.booleans()))


def met(kind: LetterKind, visit: VisitHours, working: Workdays, away: frozenset[int]) -> list[Window]:
    """What a planner would see that looks every six hours, but not on the days *away* before and after the visit."""
    found: list[Window] = []
    now = visit.leaves_at - 30 * DAY
    while now < visit.ends_at + 20 * DAY:
        if (now - visit.leaves_at) // DAY not in away:
            window = moments.window(kind, visit, working, now)
            if window is not None and window not in found:
                found.append(window)
        now += 6 * HOUR
    return found


@given(visits(), readers(), st.frozensets(st.integers(-12, 12), max_size=6))
@settings(max_examples=150, deadline=None)
def test_every_mail_goes_on_a_working_day_at_working_hours_and_never_after_the_beginning(
    visit: VisitHours, working: Workdays, away: frozenset[int]
) -> None:
    for kind in BY_ITSELF:
        for window in met(kind, visit, working, away):
            day = working.day_of(window.opens)
            begin, end = (working.at(day, clock) for clock in working.span(day) or ())
            early = moments.ON_THE_WAY if kind in (MORNING, AFTER, AGAIN) else timedelta()

            assert working.works(day)
            assert begin - early <= window.opens < window.closes <= end
            if kind in (AFTER, AGAIN):
                assert window.opens > visit.ends_at
            else:
                assert window.closes <= visit.leaves_at


@given(visits(), readers())
@settings(max_examples=150, deadline=None)
def test_the_mails_come_in_their_order_and_each_on_a_day_of_its_own(visit: VisitHours, working: Workdays) -> None:
    meant = {kind: moments.first(kind, visit, working) for kind in BY_ITSELF}
    stands = [window for window in meant.values() if window]

    assert stands == sorted(stands, key=lambda one: one.opens)
    assert all(count == 1 for count in Counter(working.day_of(one.opens) for one in stands).values())
    assert meant[MORNING] is None or visit.on_the_road


def test_somebody_who_works_on_no_day_hears_nothing() -> None:
    visit = VisitHours(
        leaves_at=datetime(2027, 1, 19, 1, tzinfo=UTC), ends_at=datetime(2027, 1, 19, 2, tzinfo=UTC), on_the_road=True
    )
    closed = frozenset(date(2026, 11, 1) + n * DAY for n in range(200))

    for kind in BY_ITSELF:
        assert moments.first(kind, visit, Workdays("Asia/Tokyo", "mon-fri 09:00-18:00", closed)) is None


def test_every_zone_of_a_country_whose_holidays_are_known_has_them_under_its_old_name_too() -> None:
    known = workdays.countries()

    assert (known["Asia/Tokyo"], known["Japan"], known["Asia/Calcutta"], known["US/Pacific"]) == (
        "JP",
        "JP",
        "IN",
        "US",
    )
    assert "UTC" not in known
    assert len(known) > 400
    assert all(ZoneInfo(zone) for zone in known)
