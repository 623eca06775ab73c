"""A list of openings: each row becomes an opening, or several; what it leaves open becomes a question to HR."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from shadowing.errors import RowError
from shadowing.folding import near
from shadowing.i18n import N_
from shadowing.lists import clocks, days, moments, occasions, offer_columns
from shadowing.lists.colleagues import Colleague, Surroundings
from shadowing.lists.days import Weekdays
from shadowing.lists.occasions import OfferTime
from shadowing.lists.offer_columns import OfferColumns
from shadowing.lists.questions import Answers, Question, question
from shadowing.lists.round_headings import RoundMeaning as M
from shadowing.lists.time_rows import TOTAL, error_in
from shadowing.lists.workbooks import Worksheet, WorksheetRow
from shadowing.typed import Unfit

KIND_CHOICES = ("desk", "meeting", "ride_along", "workshop", "team")
COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
FIRST_ONLY, ASK = N_("one of them"), "ask"
USUAL_MINUTES = "60"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOffer:
    """An opening of a list. *days* are single dates; *rule* a regular meeting from *first_on* on; neither: whenever the hosts
    are free. *begin* is in minutes after midnight."""

    row: int
    code: str
    hosts: tuple[str, ...]
    department: str
    kind: str
    title: str
    minutes: int
    seats: int
    days: tuple[date, ...] = ()
    rule: Weekdays | None = None
    first_on: date | None = None
    begin: int | None = None
    place: str = ""
    topics: str = ""
    preparation: str = ""
    consent: str = ""
    travel: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOffers:
    """*waiting* are offers that cannot be made before HR has answered a question that has no proposal."""

    offers: tuple[ListedOffer, ...] = ()
    waiting: tuple[ListedOffer, ...] = ()
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    left_out: int = 0


@dataclass(slots=True)
class _Listing:
    file: str
    columns: OfferColumns
    known: Surroundings
    answers: Answers
    errors: list[RowError] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    left_out: int = 0

    def ask(self, one: Question) -> str:
        """HR's choice, or what is proposed. The same question is asked once."""
        self.questions.setdefault(one.about, one)
        return one.choice(self.answers)

    def refuse(self, row: int, meaning: M, value: str, refusal: Unfit) -> None:
        heading = self.columns.heading(meaning, "", "") if meaning in self.columns.places else ""
        self.errors.append(error_in(self.file, row, heading, value, refusal))


def read(file: str, sheet: Worksheet, known: Surroundings, answers: Answers) -> ListedOffers | None:
    """None where *sheet* is no list of openings."""
    columns = offer_columns.find(sheet)
    if columns is None:
        return None
    listing = _Listing(file, columns, known, answers)
    made = [offer for row in columns.body for offer in _row(row, listing)]
    numbered = list(_numbered(made, listing))
    waiting = [offer for offer in numbered if offer.rule and offer.rule.interval > 1 and offer.first_on is None]
    return ListedOffers(
        offers=tuple(offer for offer in numbered if offer not in waiting),
        waiting=tuple(waiting),
        questions=tuple(listing.questions.values()),
        errors=tuple(listing.errors),
        left_out=listing.left_out,
    )


def _row(row: WorksheetRow, listing: _Listing) -> Iterator[ListedOffer]:
    cell, columns = listing.columns.cell, listing.columns
    is_total = any(TOTAL.fullmatch(text) for text in row.filled()[:2])
    if is_total or not cell(row, M.HOSTS) or not (cell(row, M.TITLE) or offer_columns.when(columns, row)[0]):
        listing.left_out += 1
        return
    meaning = M.HOSTS
    try:
        hosts = listing.known.persons(cell(row, M.HOSTS))
        meaning = next((which for which in (M.WHEN, M.DATE, M.WEEKDAY, M.BEGIN) if which in columns.places), M.TIME)
        found = occasions.occasions(listing.columns, row, listing.known.days)
    except Unfit as refusal:
        listing.refuse(row.number, meaning, cell(row, meaning), refusal)
        return
    title = " ".join(cell(row, M.TITLE).split())
    offer = ListedOffer(
        row=row.number,
        code=" ".join(cell(row, M.OPENING).split()),
        hosts=tuple(host.code for host in hosts),
        department=_department(cell(row, M.DEPARTMENT), hosts, listing),
        kind=(kind := _kind(cell(row, M.KIND), title, listing)),
        title=title or kind,
        minutes=0,
        seats=_seats(cell(row, M.SEATS), listing),
        place=cell(row, M.PLACE),
        topics=cell(row, M.TOPICS),
        preparation=cell(row, M.PREPARATION),
        consent=offer_columns.consent(cell(row, M.CONSENT)) if kind == "ride_along" else "",
        travel=(clocks.duration(cell(row, M.TRAVEL)) or 0) if kind == "ride_along" else 0,
    )
    yield from (_at(occasion, offer, row, listing) for occasion in found)


# When


def _at(occasion: OfferTime, offer: ListedOffer, row: WorksheetRow, listing: _Listing) -> ListedOffer:
    """*offer* at that time, as far as the answers go."""
    preparation = "\n".join(filter(None, (offer.preparation, occasion.remark)))
    placed = replace(offer, begin=occasion.begin, rule=occasion.rule, preparation=preparation)
    placed = replace(placed, minutes=occasion.minutes or _minutes(listing), days=_days(occasion.days, listing))
    return replace(placed, first_on=_first(occasion.rule, offer, row, listing)) if occasion.rule else placed


def _minutes(listing: _Listing) -> int:
    about = listing.columns.heading(M.TIME, "所要時間", "duration")
    sentence = N_("The list does not say how long a visit takes. How many minutes?")
    return int(listing.ask(question(about, sentence, ("30", USUAL_MINUTES, "90", "120"), USUAL_MINUTES)))


def _days(found: tuple[date, ...], listing: _Listing) -> tuple[date, ...]:
    if len(found) < 2:
        return found
    about = listing.columns.heading(M.WHEN if M.WHEN in listing.columns.places else M.DATE, "日時", "when")
    sentence = N_("%(count)s dates in one row: an opening on each of them, or one opening, on the first?")
    every = COUNTS.get(len(found), "all")
    if about in listing.questions:
        every = listing.questions[about].choices[0]
    said = listing.ask(question(about, sentence, (every, FIRST_ONLY), count=len(found)))
    return found[:1] if said == FIRST_ONLY else found


def _first(rule: Weekdays, offer: ListedOffer, row: WorksheetRow, listing: _Listing) -> date | None:
    """The date from which a rule counts. Where it takes place every other week, the list or HR must say it."""
    on = rule.on(listing.known.days)
    told = listing.columns.cell(row, M.FIRST)
    given = days.day(clocks.plain(moments.spelled_out(told)), 0, listing.known.days) if told else None
    if given and given[0][0].weekday() in rule.days:
        return given[0][0]
    if rule.interval == 1:
        return on[0]
    candidates = {f"{day.day} {day:%b}": day for day in on[: rule.interval * len(rule.days)]}
    if len(candidates) == 1:
        return on[0]
    sentence = N_("“%(title)s” takes place every other week: on which day first?")
    asked = question(offer.code or offer.title, sentence, tuple(candidates), ASK, title=offer.title)
    return candidates.get(listing.ask(asked))


# What, where and with whom


def _department(cell: str, hosts: tuple[Colleague, ...], listing: _Listing) -> str:
    known, usual = listing.known.department(cell) if cell else None, hosts[0].department
    if not cell or known:
        return known or usual
    like = near(cell, [name for _, name in listing.known.departments])
    choices = tuple(dict.fromkeys(filter(None, (usual, like))))
    sentence = N_("There is no department “%(value)s”. Which one is meant? %(host)s is in %(usual)s.")
    return listing.ask(question(cell, sentence, choices, value=cell, host=hosts[0].name, usual=usual))


def _kind(cell: str, title: str, listing: _Listing) -> str:
    known = offer_columns.kind(cell) if cell else offer_columns.certain_kind(title)
    if known:
        return known
    if cell:
        proposal = offer_columns.likely_kind(cell)
        sentence = N_("“%(word)s”: which kind of visit?")
        return listing.ask(question(cell, sentence, _kinds(proposal), word=cell))
    about, proposal = listing.columns.heading(M.KIND, "種類", "kind"), offer_columns.likely_kind(title)
    if about in listing.questions and listing.questions[about].proposal != proposal:
        about = f"{about}: {title}"
    sentence = N_("The list does not say what kind of visit “%(title)s” is. Which kind?")
    return listing.ask(question(about, sentence, _kinds(proposal), title=title))


def _kinds(proposal: str) -> tuple[str, ...]:
    return (proposal, *(kind for kind in KIND_CHOICES if kind != proposal))


def _seats(cell: str, listing: _Listing) -> int:
    if found := offer_columns.seats(cell):
        return found
    about = listing.columns.heading(M.SEATS, "席数", "seats")
    return int(
        listing.ask(question(about, N_("The list does not say how many seats there are. How many?"), ("1", "2", "3")))
    )


# Numbers


def _numbered(offers: list[ListedOffer], listing: _Listing) -> Iterator[ListedOffer]:
    """An opening a date. One without a number keeps that of the same hosts and title, or gets the next free one."""
    single = list(_each_day(offers))
    if len(offers) > 1 and M.OPENING not in listing.columns.places:
        about, numbers = listing.columns.heading(M.OPENING, "番号", "number"), f"1 – {len(single)}"
        sentence = N_("The openings of the list have no numbers. Give them %(numbers)s?")
        listing.ask(question(about, sentence, ("yes",), numbers=numbers))
    standing: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for known in listing.known.openings:
        if not known.withdrawn:
            standing[known.hosts, known.title].append(known.code)
    taken = {known.code for known in listing.known.openings} | {one.code for one in single if one.code}
    twice = {code for code, count in Counter(one.code for one in single if one.code).items() if count > 1}
    withdrawn = {known.code for known in listing.known.openings if known.withdrawn}
    free = (str(number) for number in range(1, len(taken) + len(single) + 2) if str(number) not in taken)
    for one in single:
        if one.code in twice:
            listing.refuse(
                one.row, M.OPENING, one.code, Unfit("The number “%(value)s” is there twice.", value=one.code)
            )
        elif one.code in withdrawn:
            hint = N_("Give it another number to offer it anew.")
            refusal = Unfit("The opening “%(value)s” of this round was withdrawn.", hint, value=one.code)
            listing.refuse(one.row, M.OPENING, one.code, refusal)
        elif one.code:
            yield one
        else:
            same = standing[one.hosts, one.title]
            yield replace(one, code=same.pop(0) if same else next(free))


def _each_day(offers: list[ListedOffer]) -> Iterator[ListedOffer]:
    """One for each date. Those of one row share its number, and get one more each."""
    for _, row in groupby(offers, key=lambda one: one.row):
        single = [replace(one, days=days) for one in row for days in _single(one.days)]
        for number, one in enumerate(single, start=1):
            yield replace(one, code=f"{one.code}-{number}") if one.code and len(single) > 1 else one


def _single(days: tuple[date, ...]) -> list[tuple[date, ...]]:
    return [(day,) for day in days] or [()]
