"""What is known of how good a plan is, and what came of the last search, in words."""

from flask_babel import gettext, ngettext

from shadowing.errors import fill
from shadowing.extensions import db
from shadowing.matching import flaws, pairings, solving
from shadowing.models import Round, Solve, Stage
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.views.language import listed, person_name


def quality(solve: Solve | None, round: Round) -> str:
    """How good the plan that was taken last is known to be. It is said of the pairings only while they are that plan's."""
    if solve is None or solve.plan is None or solve.status == solving.NOT_TAKEN:
        return ""
    plan = stored.plan_from_json(solve.plan)
    if plan.status is p.Status.NO_TIME:
        return ""
    if set(plan.seats) == set(pairings.seats(round)):
        return proven(plan)
    return str(gettext("The pairings were changed since they were made, so nothing is proven of how good they are."))


def proven(plan: p.Plan) -> str:
    """What is proven of *plan*, point by point in their order, and whether the clock ended the search."""
    said = [_proven(plan)]
    if plan.cut_after is not None:
        said.append(
            gettext(
                "The search was cut off after step %(step)s: another run may find another plan.",
                step=plan.cut_after,
            )
        )
    if plan.short_of_memory:
        said.append(
            gettext("The search ended early for lack of memory: with more, another run may find a better plan.")
        )
    return " ".join(map(str, said))


def _proven(plan: p.Plan) -> str:
    if plan.status is p.Status.OPTIMAL:
        return str(gettext("This is the best plan possible; it is proven."))
    return so_far(plan.tiers)


def so_far(tiers: tuple[p.Tier, ...]) -> str:
    """What is proven of a plan that is not proven to be the best: how far the first point may be from its best that is not."""
    short = next((tier for tier in tiers if tier.value != tier.bound), None)
    percent = f"{p.gap_of(tiers) * 100:.1f}"
    if not tiers or short is tiers[0]:
        return str(gettext("The plan is at most %(percent)s %% below the best possible.", percent=percent))
    first = gettext("No plan gives more guests a visit; this is proven.")
    if short is None:  # a plan of an earlier release, which kept only the tiers it had looked at
        rest = gettext("There was no time for all finer points.")
        return f"{first} {rest}"
    if short.name in COSTS:
        rest = gettext("Not proven is this finer point: %(point)s.", point=points()[short.name])
        return f"{first} {rest}"
    finer = gettext(
        "The next point is at most %(percent)s %% below the best: %(point)s.",
        percent=percent,
        point=points()[short.name],
    )
    return f"{first} {finer}"


COSTS = ("even_load", "comfort")
"""Tiers that are counted from 0 down: a share of them says nothing."""


def points() -> dict[str, str]:
    """What the tiers of a plan are called."""
    return {
        "guests": gettext("guests with a visit"),
        "returned": gettext("people who visit each other"),
        "walls": gettext("departments that meet for the first time"),
        "second_visits": gettext("second visits"),
        "further_visits": gettext("further visits"),
        "goals": gettext("learning goals met"),
        "even_load": gettext("hosts share the guests evenly"),
        "comfort": gettext("preferred and early times"),
    }


def remarks(solve: Solve | None) -> list[str]:
    """What came of the last search, where it is not simply its plan."""
    if solve is None or solve.status is None:
        return []
    said = [gettext(why)] if (why := solving.no_plan(solve)) else []
    said += [fill(gettext(cause.sentence), cause.facts(person_name, listed)) for cause in flaws.causes(solve)]
    if solve.plan and stored.plan_from_json(solve.plan).status is p.Status.NO_TIME:
        said.append(gettext("There was no time to look for a plan. Give the search more time."))
    ahead = solve.round.stage in (Stage.COLLECTING, Stage.REVIEWING)
    if ahead and (later := db.session.scalar(solving.answered_since(solve))):
        said.append(
            ngettext(
                "%(num)d person has answered since this plan was made. Make the pairings again to count that in.",
                "%(num)d people have answered since this plan was made. Make the pairings again to count them in.",
                later,
            )
        )
    if solve.status == solving.NOT_TAKEN:
        said.append(gettext("The last search found nothing better, so the pairings stay as they were."))
    names = listed(person_name(person) for person in db.session.scalars(solving.gone(solve)))
    if names:
        said.append(gettext("Visits that are not possible any more were taken out: %(names)s.", names=names))
    return [str(sentence) for sentence in said]
