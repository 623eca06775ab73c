"""One mail address for each person, where a list writes it as a link, with a name, several in a cell, or without its domain."""

from collections import Counter
from collections.abc import Iterable, Sequence

from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning
from shadowing.lists.questions import question
from shadowing.typed import Unfit

DOMAINS_MOST = 5
LEAVE_OUT = N_("leave out")
FIRST = N_("the first")


def settle(drafts: Sequence[Draft], known: Iterable[str], notes: Notes) -> None:
    """*known* are addresses of people who are here: they tell the company's domains."""
    found = {one.row: contents.addresses(one.mail) for one in drafts if one.mail}
    for one in drafts:
        if len(found.get(one.row, ())) == 1:
            one.cells[Meaning.MAIL] = found[one.row][0]
    several = [one for one in drafts if len(found.get(one.row, ())) > 1 and not one.left]
    if several:
        _ask_several(several, notes)
    bare = [one for one in drafts if one.mail and not found[one.row] and contents.is_local_part(one.mail)]
    if bare and len(bare) * 4 >= len(found) * 3:
        listed = (address for addresses in found.values() for address in addresses)
        _ask_domain(bare, Counter(address.rpartition("@")[2].lower() for address in (*listed, *known)), notes)


def _ask_several(several: Sequence[Draft], notes: Notes) -> None:
    heading = several[0].columns.heading(Meaning.MAIL)
    sentence = N_("“%(heading)s” holds several addresses in %(count)s rows, such as %(example)s. Take the first?")
    example = ", ".join(contents.addresses(several[0].mail))
    asked = question(
        f"{heading}: several",
        sentence,
        (FIRST, LEAVE_OUT),
        heading=heading,
        count=len(several),
        example=example,
    )
    first = notes.ask(asked) == FIRST
    for one in several:
        if first:
            one.cells[Meaning.MAIL] = contents.addresses(one.mail)[0]
        else:
            notes.refuse(
                one, Meaning.MAIL, Unfit("There are several addresses in this cell.", N_("Leave one of them."))
            )


def _ask_domain(bare: Sequence[Draft], domains: Counter[str], notes: Notes) -> None:
    heading = bare[0].columns.heading(Meaning.MAIL)
    if not domains:
        hint = N_("Write them whole, with the part behind the @.")
        notes.refuse_file(
            Unfit(
                "The addresses of “%(heading)s” end before the @, so %(count)s people cannot be reached.",
                hint,
                heading=heading,
                count=len(bare),
            )
        )
        for one in bare:
            one.wrong = True
        return
    choices = (*(domain for domain, _ in domains.most_common(DOMAINS_MOST)), LEAVE_OUT)
    question_of_all = N_("%(count)s addresses of “%(heading)s” end before the @. Which domain do they belong to?")
    chosen = notes.ask(question(f"{heading}: domain", question_of_all, choices, heading=heading, count=len(bare)))
    for one in bare if chosen != LEAVE_OUT else ():
        one.cells[Meaning.MAIL] = f"{one.mail.rstrip('@')}@{chosen}"
