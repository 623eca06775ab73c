"""Every kind of mail to one reader, as its story makes it: what the tests of words, of both parts and of the looks go through."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import check_ups, letters
from shadowing.mail.letters import Sender
from shadowing.models import (
    TESTS,
    AnotherTime,
    Answer,
    AnswerWay,
    CheckUp,
    Contact,
    FreeSeat,
    GivenState,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    Opening,
    OpeningKind,
    Participation,
    Parting,
    Person,
    PlaceRequest,
    Role,
    Round,
    Rsvp,
    SeatOffer,
    SignInKey,
    Why,
    WhyUnmatched,
)
from shadowing.models.facts import BriefFacts, VisitFacts
from shadowing.models.swaps import SwapEndedFacts, SwapOffer, SwapState
from shadowing.rounds import opening_mails
from shadowing.visiting import (
    answers,
    answers_heard,
    briefs,
    instead,
    invitations,
    offering,
    swap_ends,
    swap_hosts,
    swapping,
)
from shadowing.visiting.answers import NewAnswer
from tests import factories as make
from tests.factories import NOW

SENDER = Sender(secret="s" * 32, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
HOUR = timedelta(hours=1)
Named = tuple[str, Letter]
Name = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people typed. *codes* are those of the host, the guest and the coordinator, and their addresses."""

    codes: tuple[str, str, str] = ("mikami", "akimoto", "sakurai")
    names: tuple[Name, Name, Name]
    departments: tuple[str, str]
    round: str
    goal: str
    title: str
    place: str
    preparation: str


USUAL = {
    "ja": Words(
        names=(("三上", "亮"), ("秋元", "桂子"), ("桜井", "一輝")),
        departments=("営業部", "製造部"),
        round="第3回ジョブシャドウイング",
        goal="お客様の声",
        title="見積もりと電話の隣",
        place="本社4階 営業フロア、窓側の机",
        preparation="名刺を3枚",
    ),
    "en": Words(
        names=(("Mikami", "Ryo"), ("Akimoto", "Keiko"), ("Sakurai", "Kazuki")),
        departments=("Sales", "Production"),
        round="Third round of job shadowing",
        goal="how customers talk",
        title="Quotes and calls",
        place="Head office, 4th floor, desk by the window",
        preparation="Three business cards",
    ),
}
HARD = Words(
    codes=("wolfeschlegelsteinhausenbergerdorff", "d'angelo.o'brien-von-und-zu-guttenberg", "takahashi-yoshino-misaki"),
    names=(
        ("Wolfeschlegelsteinhausenbergerdorff", "Hubert-Maximilian"),
        ("D’Angelo-O'Brien <&>", "Seán “Jack” 🧑🏽‍🚀"),
        ("髙橋﨑", "𠮷野﨑"),
    ),
    departments=(
        "Abteilung für Rindfleischetikettierungsüberwachungsaufgabenübertragung",
        "第二営業本部西日本統括部大阪支店法人営業推進課企画第三係",
    ),
    round="グローバル人材育成のための部門横断型ジョブシャドウイング・プログラム2027年度上期（試行）" * 2,
    goal="ﾊﾝｶｸのことばと「引用」と、" * 12,
    title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk's & <b>髙﨑𠮷</b>👩‍👩‍👧‍👦" * 2,
    place="https://maps.example.org/very/long/path/without/any/break?building=4&floor=12&room=本社ビル別館4階大会議室",
    preparation="上履き\n社員証（忘れた人は守衛室へ）\n" + "長い説明" * 30,
)


class Cast:
    """A guest, a host and a coordinator who read *locale*, and a round with one visit between the first two."""

    def __init__(self, locale: str, words: Words | None = None) -> None:
        words = words or USUAL[locale]
        sales, home = (make.department(name=name) for name in words.departments)
        homes = zip(words.names, words.codes, (sales, home, home), strict=True)
        self.host, self.guest, coordinator = (someone(name, code, home, locale) for name, code, home in homes)
        self.round: Round = make.round_(title=words.round, coordinator=coordinator)
        self.seat: Guest = make.guest(self.round, self.guest, (sales,), note=words.goal)
        self.seat.reason = WhyUnmatched(code="not_free", remedy="one_more_half_day")
        self.opening: Opening = make.opening(self.round, self.host, kind=OpeningKind.DESK, place=" ")
        self.opening.title, self.opening.place = words.title, words.place
        self.opening.preparation = words.preparation
        make.pairing(self.seat, make.slot(self.opening, make.at(1, 13, 30)))
        db.session.flush()

    def invitation(self, role: Role) -> Letter:
        planned = [one.write() for one in invitations.planned(self.round, NOW, SENDER)]
        about = [letter for letter in planned if isinstance(letter.facts, VisitFacts)]
        return next(letter for letter in about if make.revision_of(letter).entry.role is role)


def someone(name: Name, code: str, home: object, locale: str) -> Person:
    family, given = name
    return make.person(code, home, family_name=family, given_name=given, locale=locale)  # type: ignore[arg-type] # a department


def every(locale: str) -> Iterator[Named]:
    cast = Cast(locale)
    yield from of_rounds(cast)
    yield from of_visits(cast)
    yield from around_visits(cast)
    yield from cancellations(cast)
    yield from of_answers(cast)
    yield from of_check_ups(cast)


def hard(locale: str) -> Iterator[Named]:
    """The same where people typed what breaks lines, fonts and markup."""
    cast = Cast(locale, HARD)
    for found in (of_rounds, of_visits, cancellations, of_answers, around_visits, of_check_ups):
        yield from ((f"hard-{name}", letter) for name, letter in found(cast))


def of_rounds(cast: Cast) -> Iterator[Named]:
    key = SignInKey(person=cast.guest, hash=f"hash {cast.guest.code}", expires_at=NOW + HOUR)
    db.session.add(key)
    db.session.flush()
    yield "sign_in", letters.sign_in(key, NOW)
    yield "personal_link", letters.personal_link(cast.guest, cast.round, NOW)
    yield "ask", letters.asking(cast.seat, LetterKind.ASK, "ask", NOW)
    yield "nudge", letters.asking(cast.seat, LetterKind.NUDGE, "nudge", NOW)
    before = (cast.round.starts_on, cast.round.ends_on, cast.round.answers_until - timedelta(days=3))
    yield "new_dates", letters.new_dates(cast.seat, before, NOW)
    yield "answered_for", letters.answered_for(cast.seat, cast.host, cast.round.answers_until, False, NOW)
    yield "answered_for-late", letters.answered_for(cast.seat, cast.host, None, False, NOW)
    yield "answer-taken_back", letters.answered_for(cast.seat, cast.host, cast.round.answers_until, True, NOW)
    yield "open_for_you", letters.open_for_you(cast.seat, cast.round.answers_until, NOW)
    yield from of_openings(cast)
    yield from of_offers(cast)
    yield "unmatched", letters.missing(cast.seat, NOW)
    why = (
        "オフィスの移転と重なるため、春に改めて行います。"
        if cast.guest.locale == "ja"
        else "We move house.\nSpring is better."
    )
    yield "round_cancelled", letters.round_cancelled(cast.guest, cast.round, why, True, NOW)


def of_offers(cast: Cast) -> Iterator[Named]:
    (slot,) = cast.opening.slots
    seat = FreeSeat(slot=slot, opened_at=NOW, wave=1)
    offer = SeatOffer(seat=seat, guest=cast.seat, wave=1, rank=1, offered_at=NOW, until=NOW + 24 * HOUR)
    db.session.add(offer)
    db.session.flush()
    yield "seat_offer", offering.letter_of(offer, 3, NOW)
    yield "seat_offer-alone", offering.letter_of(offer, 0, NOW)


def of_check_ups(cast: Cast) -> Iterator[Named]:
    check = CheckUp(
        id=1,
        asked_by=cast.guest,
        address="box@example.net",
        uid="of-the-gallery@example.org",
        mark="KVHTRWNB",
        organizer="shadowing@example.org",
        begun_at=NOW,
        starts_at=make.at(1, 10),
        back=(),
    )
    told = None
    for kind in TESTS:
        letter = check_ups.letter_of(check, kind, told, True, NOW)
        told = make.revision_of(letter)
        yield kind.value, letter


def of_openings(cast: Cast) -> Iterator[Named]:
    opening = make.opening(cast.round, cast.host, place="会議室 4", preparation="名刺")
    opening.slots = [make.slot(opening), make.slot(opening, make.at(8, 10))]
    now, (host,) = opening_mails.as_offered(opening), opening.hosts
    assert now
    before = replace(now, place="", seats=1)
    anytime = replace(now, starts_at=None, ends_at=None, dates=0)
    for name, one, other in (
        ("offered_for", None, now),
        ("offered_for-anytime", None, anytime),
        ("offered_for-changed", before, now),
        ("offered_for-withdrawn", now, None),
    ):
        yield name, opening_mails.letter_of(opening, host, one, other, cast.guest, NOW)


def of_visits(cast: Cast) -> Iterator[Named]:
    yield "request-guest", cast.invitation(Role.GUEST)
    yield "request-host", cast.invitation(Role.HOST)
    asked = cast.invitation(Role.GUEST)
    make.reword(asked, rsvp=Rsvp.ASK, place="", kind=OpeningKind.RIDE_ALONG, travel_minutes=20, confidential=True)
    yield "request-open", asked
    unasked = cast.invitation(Role.GUEST)
    make.reword(unasked, title="", kind=OpeningKind.RIDE_ALONG, travel_minutes=20)
    yield "request-unasked", unasked
    awaiting = cast.invitation(Role.HOST)
    make.reword(awaiting, kind=OpeningKind.RIDE_ALONG, travel_minutes=20, way_minutes=20, firm=False)
    yield "request-awaiting-host", awaiting
    agreed = changed(cast, Role.GUEST, kind=OpeningKind.RIDE_ALONG, travel_minutes=20, way_minutes=20)
    facts = agreed.facts
    assert isinstance(facts, VisitFacts)
    was = replace(facts.revision.entry, title="", place="", preparation="", firm=False)
    agreed.facts = replace(facts, revision=replace(facts.revision, before=was.appointment, was=was))
    yield "change-agreed", agreed
    team = cast.invitation(Role.HOST)
    make.reword(team, participation=Participation.TAKE_PART, place="", kind=OpeningKind.TEAM)
    yield "request-team", team
    for role in Role:
        entry = make.revision_of(cast.invitation(role)).entry
        later = {"starts_at": entry.starts_at + 24 * HOUR, "ends_at": entry.ends_at + 24 * HOUR}
        yield f"change-time-{role}", changed(cast, role, **later)
        yield f"change-hour-{role}", changed(cast, role, starts_at=entry.starts_at - HOUR, ends_at=entry.ends_at - HOUR)
        yield f"change-place-{role}", changed(cast, role, place="会議室 5")
        yield f"change-no-place-{role}", changed(cast, role, place="")
        yield f"change-both-{role}", changed(cast, role, place="会議室 5", **later)
        details = {"title": "朝会", "preparation": "", "participation": Participation.TAKE_PART, "others": (99,)}
        yield f"change-details-{role}", changed(cast, role, **details)


def of_answers(cast: Cast) -> Iterator[Named]:
    """Told are the visits of a round, and both sides answer."""
    invitations.tell(cast.round, NOW, SENDER, NOW)
    wish = AnotherTime(starts_at=make.at(2, 9), ends_at=make.at(2, 10))
    for invitation in db.session.scalars(select(Invitation)):
        said = {"no": NewAnswer(answer=Answer.NO), "wish": NewAnswer(answer=Answer.NONE, another_time=wish)}
        for name, one in said.items():
            row = answers.keep(invitation, one, GivenState.STANDS, NOW)
            yield f"heard-{name}-{invitation.role}", answers_heard.confirm(row, NOW)
        by_mail = NewAnswer(answer=Answer.NO, way=AnswerWay.MAIL)
        row = answers.keep(invitation, by_mail, GivenState.STANDS, NOW)
        yield f"heard-by-mail-{invitation.role}", answers_heard.confirm(row, NOW)
        if invitation.role is Role.GUEST:
            yield from of_swaps(invitation)


def of_swaps(row: Invitation) -> Iterator[Named]:
    same = {"mine": row, "theirs": row, "mine_revision": 0, "theirs_revision": 0}
    offer = SwapOffer(**same, asked_at=NOW, until=NOW + 48 * HOUR)
    db.session.add(offer)
    db.session.flush()
    yield "swap_offer", swapping.letter_of(offer, NOW)
    yield "swap_waits", swap_hosts.letter_of(offer, row.person, NOW)
    refused = PlaceRequest(invitation=row, opening=row.slot.opening, starts_at=make.at(2, 9), asked_at=NOW)
    db.session.add(refused)
    db.session.flush()
    yield "place_refused", instead.refusal_of(refused, NOW)
    for state in (SwapState.REFUSED, SwapState.LAPSED, SwapState.TAKEN_BACK, SwapState.OVERTAKEN):
        offer.state = state
        letter = swap_ends.ended(offer, row, NOW)
        assert isinstance(letter.facts, SwapEndedFacts)
        letter.facts = replace(letter.facts, proposed=state is not SwapState.TAKEN_BACK)
        yield f"swap_ended-{state}", letter


def around_visits(cast: Cast) -> Iterator[Named]:
    """Those that go by themselves: also on the day before a holiday, where "tomorrow" would be wrong."""
    home = cast.opening.department
    home.card, home.goal = home.card or cast.opening.title, home.goal or cast.round.title
    home.words = "\n".join(f"{cast.opening.title}: {cast.opening.preparation}" for _ in range(6))
    cast.opening.kind = OpeningKind.RIDE_ALONG
    for one in briefs.planned(cast.round, NOW):
        letter = one.write()
        facts = letter.facts
        assert isinstance(facts, BriefFacts)
        yield f"{letter.kind}-{facts.entry.role}", letter
    letter.kind, letter.stamp = LetterKind.DAY_BEFORE, letter.stamp - 5 * 24 * HOUR
    yield "day_before-holiday", letter
    cast.opening.kind = OpeningKind.DESK


def changed(cast: Cast, role: Role, **now: object) -> Letter:
    letter = cast.invitation(role)
    facts, revision = letter.facts, make.revision_of(letter)
    assert isinstance(facts, VisitFacts)
    entry = replace(revision.entry, **now)  # type: ignore[arg-type] # fields by name
    revision = replace(revision, number=1, entry=entry, before=revision.entry.appointment, was=revision.entry)
    letter.kind, letter.revision, letter.facts = LetterKind.CHANGE, 1, replace(facts, revision=revision)
    return letter


def cancellations(cast: Cast) -> Iterator[Named]:
    for why in Why:
        role = Role.HOST if why in (Why.NOT_HOST, Why.NO_GUEST) else Role.GUEST
        parting = Parting(why=why, first_next_time=role is Role.GUEST and why is not Why.ADDRESS)
        if why is Why.ADDRESS:
            parting = replace(parting, address="keiko@example.org")
        if why is Why.ROUND:
            parting = replace(parting, words="オフィスの移転と重なるため。")
        yield f"cancel-{why}", cancelled(cast, role, parting)
    entry = make.revision_of(cast.invitation(Role.GUEST)).entry
    new = replace(entry, starts_at=entry.starts_at + 48 * HOUR, ends_at=entry.ends_at + 48 * HOUR, place="")
    yield "cancel-instead", cancelled(cast, Role.GUEST, Parting(why=Why.HOST_GONE, instead=new))
    keeps = Parting(why=Why.WITHDRAWN, others_stay=True)
    yield "cancel-others-stay", cancelled(cast, Role.GUEST, keeps)
    yield "cancel-reason", cancelled(cast, Role.GUEST, Parting(code="taken_out", first_next_time=True))


def cancelled(cast: Cast, role: Role, parting: Parting) -> Letter:
    letter = cast.invitation(role)
    revision = replace(make.revision_of(letter), number=1, sequence=1)
    contacts: tuple[Contact, ...] = ()
    letter.kind, letter.revision = LetterKind.CANCEL, 1
    letter.facts = VisitFacts(heading=letter.facts.heading, revision=revision, contacts=contacts, parting=parting)
    return letter
