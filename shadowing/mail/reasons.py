"""Why a guest has no visit, and the smallest change that would have helped, as sentences for mails and pages.

The keys are those of `solver/explain.py` and of `matching/pairings.py: take_out`; the sentences are translated where they
are shown, and none names another person's answers."""

from collections.abc import Callable

from shadowing.i18n import N_

Translate = Callable[[str], str]

WHY = {
    "no_wish": N_("You named no department and no topic, and none fits without."),
    "not_offered": N_("Nobody offers a visit to what you wished for in this round."),
    "no_host_free": N_("The hosts of what you wished for had no time for a visit in this round."),
    "no_free_time": N_("You entered no free time."),
    "own_department": N_("What you wished for is offered only in your own department."),
    "own_boss": N_("What you wished for is offered only by your own manager or by people who report to you."),
    "met_before": N_("You have met all hosts of what you wished for in an earlier round."),
    "contract": N_("Your contract does not allow the visits that are offered."),
    "no_consent": N_("The customers did not agree to the visits you wished for."),
    "not_free": N_("You were not free at any time when what you wished for is offered."),
    "elsewhere": N_("At the only fitting times you are on a visit of another round, or have visitors in it."),
    "too_soon": N_("The only fitting times were too close to be announced in time."),
    "half_days": N_("What you wished for takes more half-days than you give, or than the round allows."),
    "hosting": N_("At the only fitting times you have visitors yourself."),
    "away_limit": N_("At the only fitting times enough people of your department are on a visit already."),
    "floor": N_("At the only fitting times your department needs everybody else at work."),
    "sessions": N_("What you wished for already takes place as often as its hosts offer."),
    "host_week": N_("The hosts of what you wished for already have as many guests in those weeks as the round allows."),
    "host_half_days": N_("The hosts of what you wished for already have visitors on as many half-days as they give."),
    "host_taken": N_("The hosts of what you wished for are taken by other visits at the fitting times."),
    "not_returned": N_("In this round people visit each other, and nobody you could visit comes to you."),
    "full": N_("No place could be given in this round."),
    "no_longer": N_(
        "The visit that was planned for you is not possible any more, because something changed meanwhile."
    ),
    "host_gone": N_("Your host cannot be there at the time of your visit any more."),
    "taken_out": N_("The people who prepare the round took your visit out again."),
}
REMEDY = {
    "wish_more": N_("One more wish, for another department or topic."),
    "ask_hosts": N_("A host who offers what you wish for. HR can ask there."),
    "enter_free_time": N_("Free times on the answer page."),
    "one_more_half_day": N_("One more free half-day."),
    "give_half_days": N_("More half-days of yours, on the answer page."),
    "one_more_seat": N_("One more seat in an opening that you wished for."),
    "one_more_session": N_("One more date of an opening that you wished for."),
    "one_more_of_host": N_("One more half-day of a host of what you wished for."),
    "first_next_time": N_("Nothing you could have done."),
}


def why(code: str, translate: Translate) -> str:
    return translate(WHY[code]) if code else ""


def remedy(code: str, translate: Translate) -> str:
    return translate(REMEDY[code]) if code else ""
