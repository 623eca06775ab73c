"""What HR says about a round before it is one."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from shadowing.company import workdays
from shadowing.i18n import N_
from shadowing.models import Round, Rsvp, Stage
from shadowing.rounds.closed_days import ClosedDays
from shadowing.rules import RoundRules
from shadowing.typed import LONG, Day, Mistakes, Unfit, Yes, Zone, by, each, line, one_of, text

DAYS_MOST = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDates:
    """When a round is. *closed_days* are days on which nobody is visited, and so are public holidays with *holidays*."""

    starts_on: Day
    ends_on: Day
    answers_until: Day
    zone: Zone
    closed_days: ClosedDays = ()
    holidays: Yes = False

    def refuse_unfit(self, today: date | None) -> None:
        """Raises Mistakes, all that there are."""
        if wrong := self.unfit(today):
            raise Mistakes(wrong)

    def unfit(self, today: date | None) -> dict[str, Unfit]:
        """What is wrong, by field. *today* is None where the last day for answers may be over."""
        found = {"ends_on": self._unfit_end(), "answers_until": unfit_deadline(self.answers_until, self.ends_on, today)}
        found["closed_days"] = None if found["ends_on"] else self._unfit_closed_days()
        return {name: unfit for name, unfit in found.items() if unfit}

    def _unfit_end(self) -> Unfit | None:
        if self.ends_on < self.starts_on:
            return Unfit("The last day is before the first day.")
        if (self.ends_on - self.starts_on).days > DAYS_MOST:
            return Unfit("A round can be one year long at the most.")
        return None

    def _unfit_closed_days(self) -> Unfit | None:
        """Weekends do not count as open days, but in a round that has no others."""
        days = [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]
        working = [day for day in days if day.weekday() < 5] or days
        if set(working) - set(self.all_closed_days):
            return None
        hint = N_("Leave at least one working day open, or choose other days for the round.")
        return Unfit("Every day of the round is closed.", hint)

    @property
    def all_closed_days(self) -> list[date]:
        usual = workdays.usual(self.zone, self.starts_on, self.ends_on) if self.holidays else ()
        return sorted({*self.closed_days, *usual})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDraft(RoundDates):
    """What HR says about a round. *late_answers* count until the plan is made; *reminders* of the answers
    go by themselves, and so do *briefs*, the mails around each visit."""

    title: Annotated[str, by(line(200))]
    greeting: Annotated[str, by(text(LONG))] = ""
    rsvp: Annotated[Rsvp, by(one_of(each(Rsvp)))] = Rsvp.NONE
    rules: RoundRules = field(default_factory=RoundRules)
    late_answers: Yes = False
    reminders: Yes = True
    briefs: Yes = True


def today_for(given: RoundDates, round: Round | None, now: datetime) -> date | None:
    """What `unfit` compares with: None where *round* collects answers and their last day stays as it was."""
    stays = round is not None and round.stage is Stage.COLLECTING and given.answers_until == round.answers_until
    return None if stays else today(given.zone, now)


def today(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def unfit_deadline(until: date, ends_on: date, today: date | None) -> Unfit | None:
    """What is wrong with *until* as the last day for answers; without *today* it may be over."""
    if today is not None and until < today:
        hint = N_("Choose today (%(today)s) or a later day.")
        return Unfit("The last day for answers, %(day)s, is over.", hint, day=until, today=today)
    if until >= ends_on:
        hint = N_("Choose %(last)s or an earlier day.")
        return Unfit("Answers must be in before the round ends.", hint, last=ends_on - timedelta(days=1))
    return None
