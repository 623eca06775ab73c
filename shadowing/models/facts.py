"""What each kind of letter names: frozen with the letter, so that its mail is the same whenever it is sent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shadowing.models.answering import AnotherTime, AnswerWay
from shadowing.models.heading import Contact, Heading
from shadowing.models.swaps import SwapEndedFacts, SwapOfferFacts, SwapWaitsFacts
from shadowing.models.visiting import Entry, Offered, Parting, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFacts:
    heading: Heading
    until: datetime
    about: Literal["sign_in"] = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalLinkFacts:
    heading: Heading
    about: Literal["personal_link"] = "personal_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFacts:
    """Of the question for wishes and free times, and of its reminder."""

    heading: Heading
    greeting: str
    starts_on: date
    ends_on: date
    answers_until: date
    about: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDatesFacts:
    """The days of a round as they are now, and *before*: the first, the last and the one for answers that were told."""

    heading: Heading
    starts_on: date
    ends_on: date
    answers_until: date
    before: tuple[date, date, date]
    about: Literal["new_dates"] = "new_dates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Where the remedy would have led. Of a flexible opening no time is told: it would give away the hosts' free times."""

    department: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedFacts:
    """*code* and *remedy* are keys of `mail/reasons.py`, both empty where no reason is known. *first_next_time*: the mail
    tells what `matching/ledger.py` keeps; letters from before it did have not told it."""

    heading: Heading
    code: str
    remedy: str
    example: Example | None
    first_next_time: bool = False
    about: Literal["unmatched"] = "unmatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """Of an invitation, its changes and its cancellation. *contacts* are the other side's; *parting* belongs to a
    cancellation, and letters from before migration 0067 have none."""

    heading: Heading
    revision: Revision
    contacts: tuple[Contact, ...] = ()
    parting: Parting | None = None
    about: Literal["visit"] = "visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCancelledFacts:
    """*why* are HR's own words. *visits*: the reader's calendar holds some, which are called off by mails of their own."""

    heading: Heading
    why: str
    visits: bool
    about: Literal["round_cancelled"] = "round_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredForFacts:
    """*by* typed in the reader's answer, which they can change up to *until*, None where they cannot; or *taken_back*: the
    answer that was typed in stands no more."""

    heading: Heading
    by: str
    until: date | None
    taken_back: bool = False
    about: Literal["answered_for"] = "answered_for"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForYouFacts:
    """Up to *until* the reader alone can answer once more."""

    heading: Heading
    until: date
    about: Literal["open_for_you"] = "open_for_you"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedForFacts:
    """*by* made an opening of the reader from what it was *before* into what it is *after*, None where it is not offered. Up to
    *until* the reader can change it, None where they cannot."""

    heading: Heading
    by: str
    until: date | None
    before: Offered | None
    after: Offered | None
    about: Literal["offered_for"] = "offered_for"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHeardFacts:
    """Of a decline of *entry*, or of a proposal of *another_time* for it, which its owner gave or somebody in their name."""

    heading: Heading
    entry: Entry
    way: AnswerWay
    another_time: AnotherTime | None = None
    about: Literal["answer_heard"] = "answer_heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOfferFacts:
    """A free seat that the reader may take *until* then, as their calendar would show it; *others* are asked at the same time."""

    heading: Heading
    entry: Entry
    until: datetime
    others: int
    about: Literal["seat_offer"] = "seat_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRefusedFacts:
    """HR did not agree to the place of *department* between *starts_at* and *ends_at*, which the reader asked for instead of
    the visit *declined*; their no to that *stands*."""

    heading: Heading
    declined: Entry
    stands: bool
    department: str
    starts_at: datetime
    ends_at: datetime
    about: Literal["place_refused"] = "place_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a guest may know of a department before they come; *words* are a few of its own, each with what it means. *figure*
    says how its goal feeds that of the company, *both* what it and the guest's own department gain; older letters have neither."""

    department: str
    what: str
    goal: str
    words: tuple[str, ...]
    figure: str = ""
    both: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFacts:
    """Of a mail that goes by itself around a visit. *entry* names of the other side only who has not declined. *phone* is where
    the host of a ride-along is reached on the day. *reflects*: after the visit it leads to what came of it; letters from before
    migration 0114 ask whether it took place alone."""

    heading: Heading
    entry: Entry
    contacts: tuple[Contact, ...] = ()
    card: Card | None = None
    phone: str = ""
    reflects: bool = False
    about: Literal["brief"] = "brief"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUpFacts:
    """Of a mail about the invented visit of a check-up. *mark* stands in its subject and its calendar."""

    heading: Heading
    revision: Revision
    mark: str
    about: Literal["check_up"] = "check_up"


Facts = (
    SignInFacts
    | PersonalLinkFacts
    | AskFacts
    | UnmatchedFacts
    | VisitFacts
    | RoundCancelledFacts
    | NewDatesFacts
    | AnsweredForFacts
    | OpenForYouFacts
    | OfferedForFacts
    | AnswerHeardFacts
    | SeatOfferFacts
    | PlaceRefusedFacts
    | SwapOfferFacts
    | SwapWaitsFacts
    | SwapEndedFacts
    | BriefFacts
    | CheckUpFacts
)
FACTS: TypeAdapter[Facts] = TypeAdapter(Annotated[Facts, Field(discriminator="about")])
