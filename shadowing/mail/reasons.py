"""Why a guest has no visit, and the smallest change that helps, as sentences for mails and pages.

The keys are those of `solver/explain.py` and of `matching/why.py`; the sentences are translated where they are shown. None
names another person or gives away what only HR knows: a private exclusion sounds like seats that others have taken."""

from collections.abc import Callable

from flask_babel import gettext

from shadowing.i18n import N_, Reader
from shadowing.models import Coordinator
from shadowing.models.facts import Example

Translate = Callable[[str], str]

WHY = {
    "no_wish": N_("You named no department and no topic, and none fits without."),
    "not_offered": N_("Nobody offers a seat in what you wished for in this round."),
    "no_host_free": N_("The hosts of what you wished for had no time for a visit in this round."),
    "no_free_time": N_("You entered no free time."),
    "own_department": N_("What you wished for is offered only in your own department."),
    "own_boss": N_("What you wished for is offered only by your own manager or by people who report to you."),
    "met_before": N_("You have met all hosts of what you wished for in an earlier round."),
    "agency": N_("The company that employs you has not agreed to your visit yet."),
    "contract": N_("Your contract does not allow the visits that you wished for."),
    "no_consent": N_("The customers did not agree to the visits you wished for."),
    "not_free": N_("You were not free at any time when what you wished for is offered."),
    "hosting": N_("At the only fitting times you receive visitors yourself, or offer a seat."),
    "elsewhere": N_("At the only fitting times you are on a visit of another round, or have visitors in it."),
    "too_soon": N_("The only fitting times were too close to be announced in time."),
    "half_days": N_("What you wished for takes more half-days than you give, or than the round allows."),
    "away_limit": N_(
        "At the only fitting times as many people of your department are on a visit as may be away at once."
    ),
    "floor": N_("At the only fitting times your department needs everybody else at work."),
    "sessions": N_("What you wished for already takes place as often as its hosts offer."),
    "host_week": N_("The hosts of what you wished for already have as many guests in those weeks as the round allows."),
    "host_half_days": N_("The hosts of what you wished for already have visitors on as many half-days as they give."),
    "host_taken": N_("The hosts of what you wished for are taken by other visits at the fitting times."),
    "not_returned": N_("In this round people visit each other, and nobody you could visit comes to you."),
    "full": N_("No seat was left that suits your wishes and times and keeps all rules of the round."),
    "place_left": N_("The plan has no visit for you, though a seat that suits you is still free."),
    "no_longer": N_(
        "The visit that was planned for you is not possible any more, because something changed meanwhile."
    ),
    "customer_no": N_("The customer did not agree that somebody comes along."),
    "host_gone": N_("Your host cannot be there at the time of your visit any more."),
    "taken_out": N_("The people who run the round changed the plan by hand, and it has no visit for you any more."),
    "declined": N_("You said that the visit does not suit you."),
    "called_off": N_("The visit that was planned for you was called off."),
    "away": N_("You are not here at the time of the visit that was planned for you."),
}
REMEDY = {
    "place": N_("A seat is free. The people who run the round can give it to you."),
    "give_half_days": N_("More half-days of yours."),
    "enter_free_time": N_("Free times of yours."),
    "one_more_half_day": N_("One more free half-day of yours."),
    "wish_more": N_("One more department among your wishes."),
    "one_more_seat": N_("One more seat in what you wished for. The people who run the round can ask for it."),
    "one_more_session": N_("One more date of what you wished for. The people who run the round can ask for it."),
    "one_more_of_host": N_(
        "One more half-day of a host of what you wished for. The people who run the round can ask for it."
    ),
    "ask_hosts": N_(
        "A seat in what you wished for, at one of your free times. The people who run the round can ask for it."
    ),
    "first_next_time": "",  # nothing that somebody could do
}
YOURS = ("give_half_days", "enter_free_time", "one_more_half_day", "wish_more")
"""What lies in the guest's own answer."""


def why(code: str, translate: Translate) -> str:
    return translate(WHY[code]) if code else ""


def remedy(code: str, translate: Translate) -> str:
    """Empty where no single change would help."""
    return translate(REMEDY[code]) if REMEDY.get(code) else ""


def where(example: Example | None, reader: Reader) -> str:
    """Where the remedy leads to, with the half-day or the time where one may be told."""
    if example is None:
        return ""
    if example.starts_at is None or example.ends_at is None:
        return str(gettext("For example: %(department)s", department=example.department))
    when = reader.zoned(reader.span(example.starts_at, example.ends_at))
    return str(gettext("For example: %(department)s, %(when)s", department=example.department, when=when))


def whom(code: str, coordinator: Coordinator | None, reader: Reader) -> str:
    """Who can do what the guest cannot do any more: answers are closed when somebody reads this."""
    if code not in (*YOURS, "place"):
        return ""
    if coordinator is None:
        return str(gettext("Answers are closed. Please tell the people who run the round: they can still see to it."))
    name = reader.people([coordinator.name])
    told = gettext(
        "Answers are closed. Please tell %(name)s (%(email)s), who can still see to it.",
        name=name,
        email=coordinator.email,
    )
    return str(told)
