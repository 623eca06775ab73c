"""What the review board says of pairings and of deeds on them."""

from flask_babel import gettext

from shadowing.models import Round, Stage


def has_a_place(round: Round) -> str:
    if round.stage is Stage.PUBLISHED:
        return str(gettext("The guest has a new place. Its people are told when you publish the change."))
    return str(gettext("The guest has a new place. It is kept when you make the pairings again."))


def is_taken_out(round: Round) -> str:
    if round.stage is Stage.PUBLISHED:
        return str(gettext("The pairing is taken out. Its people are told when you publish the change."))
    return str(gettext("The pairing is taken out. It does not come back when you make the pairings again."))


def tag_words() -> dict[str, str]:
    """What the board calls the reasons of a pairing."""
    return {
        "wish_1": gettext("First wish"),
        "wish_2": gettext("Second wish"),
        "wish_3": gettext("Third wish"),
        "topic_wish": gettext("Topic wished for"),
        "new_wall": gettext("New department"),
        "maybe": gettext("Time if need be"),
        "off_hours": gettext("Outside the hosts’ hours"),
        "agreed": gettext("Time agreed by hand"),
        "by_hand": gettext("By hand"),
        "again": gettext("After a visit was lost"),
        "pinned": gettext("Kept"),
        "waiting_list": gettext("From the waiting list"),
        "by_guest": gettext("Chosen by the guest"),
        "affected": gettext("Affected"),
    }
