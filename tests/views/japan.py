"""A company in which everything that people wrote is Japanese, so that what is not comes from the product."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from shadowing.extensions import db
from shadowing.mail import letters, links
from shadowing.mail.letters import Sender
from shadowing.mail.smtp import TROUBLES
from shadowing.models import (
    FOR_EYES,
    Answer,
    BusyCalendar,
    Consent,
    DomainRecords,
    Exclusion,
    FreeSeat,
    Guest,
    Invitation,
    Journey,
    Letter,
    LetterState,
    LookedUp,
    MailBack,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    PlaceRequest,
    Round,
    SeatOffer,
    SignIn,
    SignInKey,
    Solve,
    Stage,
    WhyUnmatched,
)
from shadowing.models.swaps import SwapOffer, SwapState
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.views import auth
from shadowing.visiting import answers, invitations, offering
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.conftest import SECRET
from tests.faults import world

TAGS = ["wish_1", "wish_2", "wish_3", "topic_wish", "new_wall", "maybe", "by_hand"]
OUT = (Stage.PUBLISHED, Stage.ENDED)
SENDER = Sender(
    secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="みなと精機"
)


@dataclass(frozen=True)
class Company:
    """One round at its stage. *ids* stand for the nouns of an address."""

    round: Round
    hr: Person
    guest: Person
    host: Person
    unplaced: Person
    silent: Person
    ids: dict[str, int]

    def token(self, person: Person) -> str:
        return links.sign(SECRET, "personal", person.id, person.link_version, self.round.id)

    @property
    def readers(self) -> tuple[Person, ...]:
        return self.guest, self.host, self.unplaced, self.silent


def someone(code: str, name: str, kana: str, department: str, **facts: object) -> Person:
    family, given = name.split()
    home = factories.department(f"{department}コード", name=department, card="お客様の声を集めます。")
    names = {"family_name": family, "given_name": given, "kana": kana, "display_name": name}
    return factories.person(code, home, **names | {"locale": "ja"} | facts)


def company(stage: Stage) -> Company:
    hr = someone("sakurai", "桜井 一輝", "さくらいかずき", "人事部", hr=True)
    now = datetime.now(UTC)
    signed_in = {"hash": auth.digest(world.COOKIE), "began_at": now, "ends_at": now + timedelta(hours=1)}
    db.session.add(SignIn(person_id=hr.id, **signed_in))
    round = a_round(stage, hr, now)
    host = someone("mikami", "三上 亮", "みかみりょう", "営業部", lead=True)
    offers = [opening(round, host, kind, day) for day, kind in enumerate(OpeningKind)]
    guest, unplaced, silent = people_of(round, host)
    pairing = seat(round, guest, offers[1])
    journey = Journey(site="大阪", other_site="東京", minutes=150)
    host.site, guest.site = "東京", "大阪"
    db.session.add(journey)
    kept_apart = Exclusion(person_id=min(host.id, unplaced.id), other_id=max(host.id, unplaced.id))
    db.session.add(kept_apart)
    silent.may, silent.may_sites, silent.agency_consent = ["desk"], ["大阪"], Consent.ASKED
    db.session.add(a_solve(round, stage))
    invitation = told(round, pairing) if stage in OUT else 0
    letter = mails(round, guest, hr)
    ids = {"rounds": round.id, "pairings": pairing.id, "guests": pairing.guest_id, "slots": pairing.slot_id}
    ids |= {"letters": letter, "openings": offers[2].id, "visits": invitation}
    ids |= came_in(invitation)
    ids |= {"doctor": checked_up(hr), "calendars": handed_over(round, guest)}
    ids |= {"people": unplaced.id, "departments": host.home.id}
    ids |= {"exclusions": kept_apart.id, "contracts": silent.id, "sites": journey.id}
    ids |= waiting(round, pairing, unplaced, invitation)
    db.session.commit()
    return Company(round, hr, guest, host, unplaced, silent, ids)


def a_round(stage: Stage, hr: Person, now: datetime) -> Round:
    known = {"title": "第4回", "coordinator": hr, "asked_at": None if stage is Stage.DRAFT else now}
    published = {"published_at": now, "published_by_id": hr.id} if stage in OUT else {}
    return world.a_round(stage=stage, **known | published)


def opening(round: Round, host: Person, kind: OpeningKind, day: int) -> Opening:
    consent = Consent.ASKED if kind is OpeningKind.RIDE_ALONG else None
    flexible = kind is OpeningKind.DESK
    where = {
        "place": "本社4階",
        "preparation": "名刺を3枚",
        "confidential": True,
        "travel_minutes": 20 if consent else 0,
    }
    row = factories.opening(
        round,
        host,
        kind=kind,
        title=f"仕事{day}",
        topics=["価格"],
        flexible=flexible,
        starts_at=None if flexible else world.at(day, 10),
        customer_consent=consent,
        **where,
    )
    if not flexible:
        factories.slot(row, world.at(day, 10))
    return row


def people_of(round: Round, host: Person) -> tuple[Person, Person, Person]:
    akimoto = someone("akimoto", "秋元 桂子", "あきもとけいこ", "総務部")
    tanaka = someone("tanaka", "田中 太郎", "たなかたろう", "製造部", zone="Europe/Berlin")
    sato = someone("sato", "佐藤 花", "さとうはな", "経理部")
    for person in (akimoto, tanaka):
        factories.guest(round, person, wishes=(host.home,))
        world.free(round, person, 1, 2, 3)
    factories.guest(round, sato, answered_at=None, asked_at=datetime.now(UTC) - timedelta(days=2))
    return akimoto, tanaka, sato


def seat(round: Round, guest: Person, opening: Opening) -> Pairing:
    for row in db.session.query(Guest).filter_by(round_id=round.id):
        if row.person_id == guest.id:
            mine = row
        elif row.answered_at:
            row.reason = WhyUnmatched(
                code="not_free", remedy="one_more_half_day", facts={"opening": opening.id, "start": 0}
            )
    status = PairingStatus.PUBLISHED if round.stage in OUT else PairingStatus.PLANNED
    return factories.pairing(mine, opening.slots[0], tags=TAGS, pinned=True, status=status)


def waiting(round: Round, pairing: Pairing, unplaced: Person, invitation: int) -> dict[str, int]:
    """A seat beside *pairing* is on offer to who has no visit, and its guest asks for another time."""
    now = datetime.now(UTC)
    guest = next(row for row in db.session.query(Guest).filter_by(round_id=round.id) if row.person_id == unplaced.id)
    until = now + timedelta(days=1)
    seat = FreeSeat(slot=pairing.slot, opened_at=now, wave=1, until=until)
    offer = SeatOffer(seat=seat, guest=guest, wave=1, rank=1, offered_at=now, until=until)
    db.session.add(offer)
    db.session.flush()
    if round.stage not in OUT:
        return {"seats": seat.id, "offers": offer.id, "requests": 0, "swaps": 0}
    letters.keep([offering.letter_of(offer, 2, now)])
    later = pairing.slot.starts_at + timedelta(days=1)
    asked = PlaceRequest(invitation_id=invitation, opening=pairing.slot.opening, starts_at=later, asked_at=now)
    row = db.session.get_one(Invitation, invitation)
    both = {"mine": row, "theirs": row, "mine_revision": row.revision, "theirs_revision": row.revision}
    swap = SwapOffer(**both, asked_at=now, until=until, state=SwapState.AGREED)
    db.session.add_all([asked, swap])
    db.session.flush()
    return {"seats": seat.id, "offers": offer.id, "requests": asked.id, "swaps": swap.id}


def handed_over(round: Round, person: Person) -> int:
    calendar = BusyCalendar(round=round, person=person, asked_at=datetime.now(UTC), spans=())
    db.session.add(calendar)
    db.session.flush()
    return calendar.id


def a_solve(round: Round, stage: Stage) -> Solve:
    plan = p.Plan(status=p.Status.FEASIBLE, seats=(), reasons=(), tiers=(), gap=0.1, seconds=1.0)
    done = {"plan": stored.plan_to_json(plan), "matched": 1, "finished_at": datetime.now(UTC)} if stage in OUT else {}
    return Solve(round_id=round.id, asked_at=datetime.now(UTC), seconds=60, problem="{}", digest="", **done)


def told(round: Round, pairing: Pairing) -> int:
    """Guest and host were invited, then the visit got its details changed; one of its answers is no, the guest's is yes."""
    invitations.tell(round, datetime.now(UTC), SENDER, datetime.now(UTC))
    db.session.flush()
    for letter in db.session.query(Letter):
        letter.state, letter.done_at = LetterState.SENT, datetime.now(UTC)
    pairing.slot.opening.place = "別館"
    db.session.flush()
    db.session.expire_all()
    invitations.tell(round, datetime.now(UTC) + timedelta(hours=1), SENDER, datetime.now(UTC))
    db.session.flush()
    rows = db.session.query(Invitation).order_by(Invitation.id).all()
    rows[0].answer = Answer.NO
    mine = next(row for row in rows if row.person_id == pairing.guest.person_id)
    answers.take(mine, NewAnswer(answer=Answer.YES), datetime.now(UTC))
    return int(mine.id)


def mails(round: Round, guest: Person, hr: Person) -> int:
    """One of every kind that no visit needs, in every state, with every trouble that the product itself puts into words."""
    now = datetime.now(UTC)
    key = SignInKey(person=hr, hash="0" * 64, expires_at=now + timedelta(minutes=10))
    db.session.add(key)
    row = db.session.query(Guest).filter_by(round_id=round.id, person_id=guest.id).one()
    db.session.flush()
    first = letters.ask([row], now)[0]
    for number, state in enumerate(LetterState):
        letter = letters.nudge([row], now + timedelta(minutes=number))[0]
        letter.state, letter.error = state, TROUBLES[number % len(TROUBLES)]
        letter.due_at = now + timedelta(days=1)
    letters.sign_in(key, now)
    letters.personal_link(guest, round, now)
    letters.unmatched(row, now, now)
    days = (round.starts_on, round.starts_on, round.starts_on)
    letters.keep(
        [letters.new_dates(row, days, now), letters.round_cancelled(guest, round, "移転と重なるため。", True, now)]
    )
    db.session.flush()
    return first.id


def came_in(invitation: int) -> dict[str, int]:
    """A mail of every kind that HR reads, and an answer that may be somebody else's."""
    whose = db.session.get(Invitation, invitation)
    rows = [factories.received(outcome, invitation=whose) for outcome in FOR_EYES]
    held = 0
    if whose is not None:
        mine = factories.held(whose, comment="急用です", delegate="tanaka@example.org")
        mine.other_starts_at, mine.other_ends_at = world.at(3, 10), world.at(3, 11)
        rows[0].given, held = mine, mine.id
    db.session.flush()
    return {"received": rows[0].id, "held": held}


def checked_up(hr: Person) -> int:
    """With something of everything that can come back and be looked up."""
    looked = LookedUp(name="example.org", found=("v=spf1 -all",))
    now = datetime.now(UTC)
    back = MailBack(received_at=now, sender="noreply@example.net", passed=False, written_at=None)
    answer = replace(back, sequence=0, partstat="ACCEPTED", organizer="other@example.net", attending=("x@example.net",))
    domain = DomainRecords(mx=looked, hosts=looked, spf=looked, dmarc=replace(looked, found=()), dkim=looked)
    check = factories.check_up(hr, back=(back, answer), domain=domain)
    check.mark = f"8234{hr.id:04}"
    db.session.flush()
    return check.id


# What of a page is read

ALLOWED = {
    "Shadowing",
    "HR",
    "CSV",
    "Excel",
    "Google",
    "Outlook",
    "Apple",
    "com",
    *("SPF", "DKIM", "DMARC", "MX", "DNS", "TXT"),
    *("Exchange", "iCloud", "Nextcloud"),
    "MB",
    "eml",
    "ics",
    "HTML",
    "STARTTLS",
    "UTC",
    "Asia",
    "Tokyo",
    "mon",
    "fri",
}
"""Words that Japanese writes in Latin letters, names of formats and zones, and the days as working hours are typed."""
ADDRESS = re.compile(
    r"[\w.+-]+@[\w.-]+|https?://\S+|/my/\S+|\w+\.csv|FREQ=[A-Z0-9;=]+|SHADOWING_\w+|example\.org|\b[A-Z]{8}\b|Authentication-Results|v=(?:spf|DMARC)1[^”」]*"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
TAGS_WITHOUT_END = {"meta", "link", "input", "br", "img", "hr"}


class Seen(HTMLParser):
    """The text and the speaking attributes of a page, without <code> and what is marked as of another language."""

    SPEAKING = (
        "aria-label",
        "title",
        "alt",
        "placeholder",
        "label",
        "data-label",
        "data-free",
        "data-maybe",
        "data-free-maybe",
        "data-none",
        "data-any",
        "data-words",
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        foreign = facts.get("lang") == "en" or facts.get("translate") == "no" or tag in ("code", "script", "style")
        silent = foreign or any(self.open)
        if tag not in TAGS_WITHOUT_END:
            self.open.append(silent)
        if not silent:
            self.texts += [facts[name] for name in self.SPEAKING if name in facts]

    def handle_endtag(self, tag: str) -> None:
        if tag not in TAGS_WITHOUT_END and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.texts.append(data)


def foreign(text: str) -> list[str]:
    """The pieces of *text* that hold a word which is neither Japanese nor allowed."""
    lines = (ADDRESS.sub("", line).strip() for line in re.sub(r"\{\w+\}", "", text).splitlines())
    return [line for line in lines if set(LATIN.findall(line)) - ALLOWED]


CHOICES = re.compile("使えるのは [a-z_, ]+ です。")
"""What a field takes when it is typed in a file: the same words in every language."""


def english_on(page: str) -> list[str]:
    return foreign(CHOICES.sub("", "\n".join(Seen(page).texts)))
