"""Twelve faults that keep invitations or their answers from working, and what a check-up can know of each.

Nothing is said that was not seen. What nobody can know yet is `unknown`, and what could not be found is `absent`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shadowing.config import Settings
from shadowing.errors import Remark
from shadowing.i18n import N_
from shadowing.models import CheckUp, Letter, LetterState, MailBack

NOTHING = Remark("")


class Fault(StrEnum):
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    NO_WAY_IN = "no_way_in"
    NO_MX = "no_mx"
    SPF = "spf"
    DMARC = "dmarc"
    REWRITTEN = "rewritten"
    NO_CALENDAR = "no_calendar"
    ALIAS = "alias"
    SILENT = "silent"
    CLOCK = "clock"
    UNVERIFIED = "unverified"


TITLES = {
    Fault.NOT_SENT: N_("Mails do not leave"),
    Fault.REFUSED: N_("The mail was refused or came back"),
    Fault.SPF: N_("The domain does not say who may send (SPF)"),
    Fault.DMARC: N_("The sender cannot be proven (DKIM, DMARC)"),
    Fault.NO_WAY_IN: N_("Answers have nowhere to arrive"),
    Fault.NO_MX: N_("Answers do not find their way (MX)"),
    Fault.SILENT: N_("No answer comes"),
    Fault.NO_CALENDAR: N_("The calendar gets lost on the way back"),
    Fault.REWRITTEN: N_("Addresses are changed on the way"),
    Fault.ALIAS: N_("The answer is in another name"),
    Fault.CLOCK: N_("A clock is wrong"),
    Fault.UNVERIFIED: N_("Senders are not proven"),
}


class Sight(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """*seen* says what it rests on, *words* are those of a server as they are, *mend* is empty but where the fault is present."""

    fault: Fault
    sight: Sight
    seen: Remark
    words: str = ""
    mend: Remark = NOTHING

    @property
    def title(self) -> str:
        return TITLES[self.fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a check-up has seen until *now*; *sent* are its mails in their order."""

    check: CheckUp
    sent: Sequence[Letter]
    settings: Settings
    now: datetime

    @property
    def refusal(self) -> str:
        """What a server said of a mail that it did not take, in small letters."""
        return " ".join(one.error for one in self.sent if one.state is LetterState.UNDELIVERABLE).lower()

    @property
    def last(self) -> MailBack | None:
        """The newest answer of a calendar."""
        answers = self.check.answers
        return answers[-1] if answers else None

    @property
    def left_at(self) -> datetime | None:
        """When a mail server took the first mail."""
        took = [one.done_at for one in self.sent if one.state is LetterState.SENT and one.done_at]
        return min(took) if took and self.settings.mail_server else None


def present(fault: Fault, seen: Remark, mend: Remark, words: str = "") -> Diagnosis:
    return Diagnosis(fault=fault, sight=Sight.PRESENT, seen=seen, mend=mend, words=words)


def absent(fault: Fault, seen: Remark, words: str = "") -> Diagnosis:
    return Diagnosis(fault=fault, sight=Sight.ABSENT, seen=seen, words=words)


def unknown(fault: Fault, seen: Remark, words: str = "") -> Diagnosis:
    return Diagnosis(fault=fault, sight=Sight.UNKNOWN, seen=seen, words=words)
