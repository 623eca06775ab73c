"""Why a guest has no visit, and the smallest change that would have helped, as sentences for mails and pages.

The keys are those of `solver/explain.py`; the sentences are translated where they are shown, and none names another
person's answers."""

from collections.abc import Callable
from typing import Any

from shadowing.i18n import _

Translate = Callable[[str], str]

WHY = {
    "": "",
    "no_wish": _("You named no department and no topic, and none fits without."),
    "not_offered": _("Nobody offers a visit to what you wished for in this round."),
    "no_free_time": _("You entered no free time."),
    "own_department": _("What you wished for is offered only in your own department."),
    "own_boss": _("What you wished for is offered only by your own manager or by people who report to you."),
    "met_before": _("You have met all hosts of what you wished for in an earlier round."),
    "contract": _("Your contract does not cover the kind of visit that is offered."),
    "no_consent": _("The customers have not agreed yet to the visits you wished for."),
    "not_free": _("You were not free at any time when what you wished for is offered."),
    "too_soon": _("The only fitting times were too close to be announced in time."),
    "full": _("No place could be given: there were more wishes than places."),
    "no_longer": _("The visit that was planned for you is not possible any more, because something changed meanwhile."),
    "taken_out": _("The people who prepare the round took your visit out again."),
}
REMEDY = {
    "": "",
    "wish_more": _("One more wish, for another department or topic."),
    "ask_hosts": _("A host who offers what you wish for. HR can ask there."),
    "enter_free_time": _("Free times on the answer page."),
    "one_more_half_day": _("One more free half-day."),
    "one_more_seat": _("One more seat in an opening that you wished for."),
    "first_next_time": _("Nothing you could have done."),
}


def why(reason: dict[str, Any], translate: Translate) -> str:
    return _filled(WHY, reason["code"], reason, translate)


def remedy(reason: dict[str, Any], translate: Translate) -> str:
    return _filled(REMEDY, reason["remedy"], reason, translate)


def _filled(sentences: dict[str, str], key: str, reason: dict[str, Any], translate: Translate) -> str:
    sentence = sentences[key]
    return translate(sentence) % reason["facts"] if sentence else ""
