"""A published round until a visit is over, in a real browser, with the web, the worker and the door for mail of `make run`:
somebody accepts by mail and somebody declines, a place goes to the waiting list, a host is ill the evening before, a
customer says no, a reminder goes out, and a visit took place.

Only hours are not waited for: a worker with a clock of its own does then what is due. Screenshots are kept in
`artefacts/screenshots`."""

import smtplib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from shadowing import config
from shadowing.extensions import db
from shadowing.models import (
    BY_ITSELF,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Pairing,
    Person,
    Repair,
    RepairState,
    Slot,
)
from tests import factories, postbox
from tests.faults import world
from tests.journeys import running_company
from tests.journeys.running_company import (
    ABE,
    ADDRESSES,
    CUSTOMER,
    INOUE,
    ITO,
    KATO,
    KIMURA,
    KOBAYASHI,
    MEETING,
    MORI,
    RIDE,
    SALES_SPARE,
    SATO,
    SHIMIZU,
    SPARE,
    TAKAHASHI,
    WANG,
    WORKSHOP,
)
from tests.journeys.site import SHOTS, Frame, Site, at_hrs_desk
from tests.journeys.story import LINK, Company, Visitor, listens, served, visitor, wait_until
from tests.long import Portion
from tests.mail import clients

pytestmark = pytest.mark.xdist_group("browser")

LANGUAGES = ("ja", "en")
VISIBLE_MOST, PLAN_MOST = 5.0, 60.0
HR = "hr@example.org"


@dataclass(frozen=True)
class Running:
    """The company, and the port at which its mail server hands over mail."""

    company: Company
    port: int


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    port = postbox.free_port()
    with served(tmp_path, mail_listen=f"127.0.0.1:{port}", mail_authserv=clients.AUTHSERV) as company:
        wait_until(lambda: listens(port), "the door for mail")
        yield Running(company, port)


@pytest.mark.long(slices=2, count=1, sample=1)
def test_a_round_goes_on_until_a_visit_is_over(
    running: Running, browser: Browser, portion: Portion, record_property: Callable[[str, object], None]
) -> None:
    """A slice tells it in one language."""

    def story(number: int) -> None:
        hr = at_work(running.company, browser, LANGUAGES[number])
        frame = Frame(hr.page, Site(hr.company.app, hr.home, {}))
        publish(hr)
        record_property("accepted by mail, seen by HR", f"{accept_by_mail(hr, running.port):.2f} s")
        decline_by_link(hr)
        give_the_place_to_the_waiting_list(hr)
        record_property("host ill, places proposed", f"{the_host_is_ill(hr):.2f} s")
        the_customer_says_no(hr)
        be_reminded(hr)
        say_that_it_took_place(hr)
        assert frame.faults == []

    assert portion.failing(story) == {}


def at_work(company: Company, browser: Browser, language: str) -> Visitor:
    with company.app.app_context():
        factories.begin(0)
        running_company.fill(language)
    SHOTS.mkdir(parents=True, exist_ok=True)
    address = company.environment[f"{config.PREFIX}PUBLIC_URL"]
    return Visitor(company, at_hrs_desk(browser, Site(company.app, address, {}), language), language)


# What happens


def publish(hr: Visitor) -> None:
    hr.open(f"{hr.home}/rounds/1/publish")
    since = len(hr.company.sink.mails)
    hr.press(hr.counted("Publish and send %(num)d mail", "Publish and send %(num)d mails", 9))
    settled(hr)
    everybody = {KATO, KIMURA, SHIMIZU, WANG, ABE, INOUE, KOBAYASHI, TAKAHASHI, ITO}
    assert mailed(hr, since) == everybody
    assert not any(CUSTOMER in text for text in hr.company.texts(ADDRESSES[INOUE]))


def accept_by_mail(hr: Visitor, port: int) -> float:
    """Pressed in a calendar; answers the seconds until HR sees it."""
    with hr.company.app.app_context():
        invitation = invitation_of(SHIMIZU, WORKSHOP)
        press = clients.pressed(invitation, "ACCEPTED", datetime.now(UTC))
    hr.open(f"{hr.home}/rounds/1/run")
    row = hr.page.locator(".gu .person", has_text=SHIMIZU)
    began = time.monotonic()
    with smtplib.LMTP("127.0.0.1", port) as line:
        line.sendmail(press.owner, [press.organizer], clients.exchange(press))
    while hr.words("accepted") not in row.inner_text():
        assert time.monotonic() < began + 60, row.inner_text()
        hr.page.reload()
    took = time.monotonic() - began
    shot(hr, "accepted-by-mail")
    assert took < VISIBLE_MOST
    return took


def decline_by_link(hr: Visitor) -> None:
    """As a person does: a reason, and a press on a page of its own; a mail confirms it."""
    guest = by_link(hr, WANG)
    before = len(hr.company.texts(ADDRESSES[WANG]))
    guest.follow("I cannot make it")
    button = guest.page.get_by_role("button", name=guest.words("I cannot make it"))
    expect(button).to_be_disabled()
    guest.page.get_by_role("radio", name=guest.words("Something came up at work")).check()
    expect(button).to_be_enabled()
    shot(guest, "declining")
    button.click()
    guest.sees(guest.words("You said that you cannot make it. The people who run the round see it."))
    shot(guest, "declined")
    confirmed = hr.company.newest(ADDRESSES[WANG], before + 1)
    assert hr.words("You said that you cannot make it") in confirmed
    assert "/undo" in confirmed
    hr.open(hr.home)
    hr.sees(hr.words("Cannot come"), WANG)
    shot(hr, "home-declined")


def give_the_place_to_the_waiting_list(hr: Visitor) -> None:
    """Once the time to think is over, and not before, somebody who waits is asked, and takes it."""
    since, declined_at = len(hr.company.sink.mails), datetime.now(UTC)
    hr.company.work_at(declined_at + timedelta(minutes=50))
    hr.open(f"{hr.home}/rounds/1/waiting")
    hr.sees(hr.counted("%(num)d declined visit", "%(num)d declined visits", 1), WANG)
    assert mailed(hr, since) == set()

    hr.company.work_at(declined_at + timedelta(minutes=61))
    settled(hr)
    assert mailed(hr, since) == {WANG, TAKAHASHI, ABE}
    hr.page.reload()
    hr.sees(hr.counted("%(num)d place on offer", "%(num)d places on offer", 1), ABE)
    shot(hr, "on-offer")

    since = len(hr.company.sink.mails)
    guest = by_link(hr, ABE)
    guest.sees(guest.words("A place is free for you"), WORKSHOP)
    guest.page.locator("input[name=day_number]").fill(str(world.at(1, 10).astimezone(world.TOKYO).day))
    shot(guest, "offered")
    guest.press(guest.words("I take it"))
    guest.sees(WORKSHOP, TAKAHASHI)
    shot(guest, "taken")
    settled(hr)
    assert mailed(hr, since) == {ABE, TAKAHASHI}
    hr.open(f"{hr.home}/rounds/1/waiting")
    hr.sees(hr.words("No place is on offer."), ABE)
    shot(hr, "taken-from-the-waiting-list")


def the_host_is_ill(hr: Visitor) -> float:
    """The evening before; answers the seconds until HR reads where the guests could go. Four people get a mail, and no others."""
    since = len(hr.company.sink.mails)
    hr.open(f"{hr.home}/rounds/1/run")
    hr.follow("Somebody drops out")
    hr.page.locator("#host").select_option(label=KOBAYASHI)
    hr.press(hr.words("Show what it breaks"))
    hr.sees(KATO, KIMURA)
    shot(hr, "host-ill")
    began = time.monotonic()
    hr.page.locator("form[action$='/drop-outs/ill'] button").click()
    hr.page.locator("section.room form[action$='/repair/take']").wait_for(timeout=PLAN_MOST * 1000)
    took = time.monotonic() - began
    hr.sees(hr.words("Nobody else moves: %(seated)s of %(all)s with a visit.", seated=2, all=2), SPARE)
    shot(hr, "places-proposed")
    assert mailed(hr, since) == set()
    hr.open(hr.home)
    shot(hr, "home-host-ill")
    hr.page.go_back()
    take_the_first_proposal(hr)
    assert mailed(hr, since) == {KOBAYASHI, KATO, KIMURA, MORI}
    return took


def the_customer_says_no(hr: Visitor) -> None:
    """The host notes it; the guest has another place, and nobody else moves or is mailed."""
    since, before = len(hr.company.sink.mails), places(hr)
    host = by_link(hr, ITO)
    host.page.get_by_role("radio", name=host.words("The customer said no")).check()
    save = host.page.get_by_role("button", name=host.words("Save"))
    expect(save).to_be_enabled()
    save.click()
    host.sees(host.words("Has the customer agreed that somebody comes along?"), host.words("The customer said no"))
    shot(host, "customer-said-no")
    wait_until(lambda: proposed(hr), "a proposal")
    hr.open(hr.home)
    hr.sees(hr.words("Places are proposed"), INOUE)
    shot(hr, "home-customer-no")
    hr.page.locator("li[data-concern=repair] a").click()
    hr.sees(hr.words("Nobody else moves: %(seated)s of %(all)s with a visit.", seated=1, all=1), SALES_SPARE)
    shot(hr, "another-place-for-the-ride-along")
    take_the_first_proposal(hr)
    assert mailed(hr, since) == {INOUE, ITO, SATO}
    assert places(hr) == before | {INOUE: SALES_SPARE}


def take_the_first_proposal(hr: Visitor) -> None:
    hr.page.locator("section.room form[action$='/repair/take'] button").first.click()
    hr.page.wait_for_url("**/run")
    settled(hr)


def be_reminded(hr: Visitor) -> None:
    """The day before, once, and of nothing that does not take place any more."""
    visit = world.at(1, 10)
    for hours in range(7 * 24, 0, -8):
        hr.company.work_at(visit - timedelta(hours=hours))
    reminded = reminders(hr)
    assert reminded[WORKSHOP] == sorted((SHIMIZU, ABE, TAKAHASHI))
    assert {RIDE, MEETING}.isdisjoint(reminded)


def say_that_it_took_place(hr: Visitor) -> None:
    """On the page behind the mail that asks for it, with what came of it."""
    for day in range(2, 12):  # on the first working day, and at the turn of the year that is far
        hr.company.work_at(world.at(day, 10))
    assert hr.words("What came of it?") in hr.company.texts(ADDRESSES[SHIMIZU])[-1]
    weeks_pass(hr, WORKSHOP)
    guest = by_link(hr, SHIMIZU)
    guest.sees(guest.words("Three minutes at most. Your page stays open for 30 days after the visit."))
    shot(guest, "what-came-of-it")
    guest.page.get_by_role("radio", name=guest.words("It took place")).check()
    guest.page.get_by_label(guest.words("Towards your goal: what did you try or see?")).fill("原価の見方")
    guest.page.get_by_role("button", name=guest.words("Send"), exact=True).click()
    guest.sees("原価の見方")
    shot(guest, "it-took-place")
    hr.open(f"{hr.home}/rounds/1/run")
    expect(hr.page.locator(".gu .person", has_text=SHIMIZU)).to_contain_text(hr.words("took place"))
    shot(hr, "visits-took-place")


# What is known of it


def shot(reader: Visitor, name: str) -> None:
    reader.page.screenshot(path=SHOTS / f"goes-on-{name}-{reader.language}.png", full_page=True)


def by_link(hr: Visitor, name: str) -> Visitor:
    """Somebody on the page to which their newest mail leads."""
    person = visitor(hr.company, hr.page.context.browser or pytest.fail("no browser"), hr.language)
    link = LINK.search(hr.company.texts(ADDRESSES[name])[-1])
    assert link
    person.open(link[0].rstrip("."))
    return person


def settled(hr: Visitor) -> None:
    """All mails that wait have gone."""

    def gone() -> bool:
        with hr.company.app.app_context():
            waiting = select(Letter.id).where(Letter.done_at.is_(None), Letter.kind.not_in(BY_ITSELF))
            return db.session.scalar(waiting.limit(1)) is None

    wait_until(gone, "the mails to go")


def proposed(hr: Visitor) -> bool:
    with hr.company.app.app_context():
        return db.session.scalar(select(Repair.id).where(Repair.state == RepairState.PROPOSED)) is not None


def mailed(hr: Visitor, since: int) -> set[str]:
    """By name, who got a mail after the first *since*."""
    names = {address: name for name, address in ADDRESSES.items()}
    return {names.get(address, address) for address, _ in hr.company.sink.mails[since:]}


def places(hr: Visitor) -> dict[str, str]:
    """Who visits what, as the plan stands."""
    with hr.company.app.app_context():
        standing = db.session.scalars(select(Pairing).where(Pairing.stands))
        return {one.guest.person.display_name: one.slot.opening.title for one in standing}


def reminders(hr: Visitor) -> dict[str, list[str]]:
    """Who was reminded the day before of a visit, by its title."""
    found = defaultdict(list)
    with hr.company.app.app_context():
        rows = select(Letter).where(Letter.kind == LetterKind.DAY_BEFORE, Letter.state == LetterState.SENT)
        for letter in db.session.scalars(rows):
            assert letter.invitation
            found[letter.invitation.slot.opening.title].append(letter.person.display_name)
    return {title: sorted(names) for title, names in found.items()}


def invitation_of(name: str, title: str) -> Invitation:
    found = select(Invitation).join(Invitation.person).join(Invitation.slot).join(Slot.opening)
    return db.session.scalars(found.where(Person.display_name == name, Opening.title == title)).one()


def weeks_pass(hr: Visitor, title: str) -> None:
    """Pages read the clock of the machine, so not the clock goes on but the visit goes back."""
    back = timedelta(weeks=8)
    with hr.company.app.app_context():
        for row in db.session.scalars(
            select(Invitation).join(Invitation.slot).join(Slot.opening).where(Opening.title == title)
        ):
            entry = row.told.entry
            row.told = replace(
                row.told, entry=replace(entry, starts_at=entry.starts_at - back, ends_at=entry.ends_at - back)
            )
        slot = db.session.scalars(select(Slot).join(Slot.opening).where(Opening.title == title)).one()
        slot.starts_at, slot.ends_at = slot.starts_at - back, slot.ends_at - back
        db.session.commit()
