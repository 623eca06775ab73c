"""The same story told to an English and to a Japanese reader, with what goes wrong on the way."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import links
from shadowing.models import Guest, Person, Slot
from shadowing.visiting import invitations
from tests import factories
from tests.conftest import SECRET
from tests.faults import world
from tests.journeys.browser import Reader
from tests.journeys.conftest import House

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
WORDS = {"en": "ann@example.org", "ja": "aoi@example.org"}


@pytest.fixture
def published(house: House) -> House:
    """A published round in which Ann reads English and Aoi Japanese; both are guests of one host."""
    with house.app.app_context():
        world.small_round(guests=3)
        for person in db.session.query(Person):
            person.family_name, person.given_name, person.kana = "", "", ""
            person.display_name = f"Person {person.code}"
        for code, locale in (("guest0", "en"), ("guest1", "ja")):
            person = db.session.query(Person).filter_by(code=code).one()
            name = {"en": "Ann", "ja": "Aoi"}[locale]
            person.locale, person.email, person.display_name = locale, WORDS[locale], name
        db.session.commit()
    return house


def hr(house: House, language: str) -> Reader:
    reader = house.reader(language)
    reader.client.set_cookie("session", world.COOKIE)
    reader.open("/rounds/1/publish")
    reader.press("/language", language=language)
    return reader


def publish(house: House, language: str = "en") -> Reader:
    reader = hr(house, language)
    reader.open("/rounds/1/publish")
    reader.press("/publish")
    house.deliver()
    return reader


def japanese(text: str) -> bool:
    return bool(JAPANESE.search(text))


def shown(page: str) -> str:
    """What is read of a page, without the two buttons that choose a language and the rows of the kana table."""
    own = r'(?s)<form class="languages".*?</form>|<nav class="kana".*?</nav>|<li class="day">.*?</li>'
    body = re.sub(own, "", page.partition("<body>")[2])
    return re.sub(r"<[^>]*>", " ", body)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everybody_reads_mails_and_pages_in_their_own_language(published: House, language: str) -> None:
    publish(published)

    [mail] = published.mails(WORDS[language])
    other = "ja" if language == "en" else "en"
    page = published.reader(other).open(published.link(WORDS[language]))

    assert japanese(mail) == japanese(shown(page)) == (language == "ja")
    [entry] = published.calendar(WORDS[language]).standing
    assert japanese(entry["summary"]) == (language == "ja")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_hr_reads_every_page_of_a_round_in_the_language_they_chose(published: House, language: str) -> None:
    reader = publish(published, language)

    for page in ("/", "/people", "/rounds/1", "/rounds/1/pairings", "/rounds/1/run", "/rounds/new", "/rounds/1/edit"):
        text = shown(reader.open(page))
        assert japanese(text) == (language == "ja"), page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_link_that_has_expired_says_so_and_offers_a_new_one(published: House, language: str) -> None:
    publish(published)
    old = published.link(WORDS[language])
    with published.app.app_context():
        db.session.query(Person).filter_by(email=WORDS[language]).one().link_version += 1
        db.session.commit()

    reader = published.reader(language)
    page = shown(reader.open(old, 410))
    reader.press("/links", address=WORDS[language])
    published.deliver()

    assert japanese(page) == (language == "ja")
    assert len(published.mails(WORDS[language])) == 2
    reader.open(published.link(WORDS[language]))


def test_a_link_outlives_its_round_by_35_days(house: House) -> None:
    with house.app.app_context():
        ended = world.today() - timedelta(days=36)
        rounds = [
            world.a_round(title=title, starts_on=ended, ends_on=ended + timedelta(days=days), answers_until=ended)
            for title, days in (("over", 0), ("just over", 3))
        ]
        person = factories.person()
        tokens = [links.sign(SECRET, "personal", person.id, 1, round.id) for round in rounds]
        db.session.commit()

    statuses = [house.app.test_client().get(f"/my/{token}").status_code for token in tokens]

    assert statuses == [410, 200]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_mail_server_that_refuses_somebody_is_shown_to_hr(published: House, language: str) -> None:
    published.sink.refuse = lambda address: "550 5.1.1 no such user" if address == WORDS["en"] else None

    reader = publish(published, language)

    letter = re.search(r'href="(/letters/\d+)">Ann<', reader.open("/rounds/1/run"))
    assert letter
    assert "no such user" in shown(reader.open(letter[1]))
    assert published.mails(WORDS["en"]) == []
    assert len(published.mails(WORDS["ja"])) == 1


def test_an_answer_in_one_language_is_read_in_the_other(published: House) -> None:
    reader = publish(published)
    guest = published.reader()
    guest.open(published.link(WORDS["ja"]))

    link = re.search(r'href="(\S+/decline)"', guest.page.text)
    assert link
    guest.open(link[1])
    with published.app.app_context():
        slot = db.session.scalars(select(Slot)).first()
        assert slot
        day = slot.starts_at.astimezone(ZoneInfo("Asia/Tokyo")).day
    thanks = shown(guest.press("/decline", why="busy", day=str(day)))

    assert japanese(thanks)
    run = shown(reader.open("/rounds/1/run"))
    assert not japanese(run)
    with published.app.app_context():
        aoi = db.session.query(Guest).join(Guest.person).filter(Person.email == WORDS["ja"]).one()
        [invitation] = db.session.scalars(invitations.of(aoi.person, aoi.round))
        assert invitation.answer.value == "DECLINED"
