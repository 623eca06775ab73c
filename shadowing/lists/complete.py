"""What each person of a list must have: a number, a name, a mail address; and which of two names is shown."""

from collections.abc import Sequence

from shadowing.errors import Refusal
from shadowing.i18n import N_
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning
from shadowing.lists.meanings import ColumnMeanings
from shadowing.lists.questions import question
from shadowing.typed import Unfit, mail

BUSINESS, ADDRESS = N_("business name"), N_("mail address")


def ask_business_names(drafts: Sequence[Draft], columns: ColumnMeanings, notes: Notes) -> None:
    """The name that colleagues know, where somebody has one beside the legal name."""
    meanings_of = (Meaning.BUSINESS_NAME, Meaning.BUSINESS_FAMILY, Meaning.BUSINESS_GIVEN)
    having = [one for one in drafts if any(one[meaning] for meaning in meanings_of)]
    if not having:
        return
    heading = next(columns.heading(meaning) for meaning in meanings_of if meaning in columns)
    sentence = N_("%(count)s people have a business name. Show that one?")
    chosen = notes.ask(question(heading, sentence, (BUSINESS, N_("legal name")), count=len(having)))
    for one in having if chosen == BUSINESS else ():
        if one[Meaning.BUSINESS_NAME]:
            one.cells = {key: text for key, text in one.cells.items() if key not in (Meaning.FAMILY, Meaning.GIVEN)}
            one.cells[Meaning.NAME] = one[Meaning.BUSINESS_NAME]
        else:
            one.cells.pop(Meaning.NAME, None)
            one.cells[Meaning.FAMILY] = one[Meaning.BUSINESS_FAMILY] or one[Meaning.FAMILY]
            one.cells[Meaning.GIVEN] = one[Meaning.BUSINESS_GIVEN] or one[Meaning.GIVEN]


def number_by_mail(drafts: Sequence[Draft], notes: Notes) -> None:
    """A list of a directory has no numbers; the mail address is one as well."""
    if not drafts or any(one.code for one in drafts) or not any(one.mail for one in drafts):
        return
    sentence = N_("This list has no employee numbers. Take the mail address as the number?")
    if notes.ask(question("id", sentence, (ADDRESS, N_("stop")))) == ADDRESS:
        for one in drafts:
            one.cells[Meaning.ID] = one.mail


def refuse_incomplete(drafts: Sequence[Draft], notes: Notes) -> None:
    for one in drafts:
        if one.wrong or one.left:
            continue
        for meaning, needed in ((Meaning.ID, one.code), (Meaning.NAME, one.name), (Meaning.MAIL, one.mail)):
            if trouble := _trouble(one, meaning, needed):
                notes.refuse(one, meaning, trouble)
                break


def _trouble(one: Draft, meaning: Meaning, text: str) -> Refusal | None:
    if meaning in one.broken:
        return Unfit("The formula of this cell failed.", N_("Write the value as text."))
    if meaning is Meaning.MAIL and text:
        try:
            mail(text)
        except Unfit as wrong:
            return wrong
        return None
    if meaning is Meaning.NAME and (text.upper() in ("TRUE", "FALSE") or text.isdigit()):
        return Unfit("“%(value)s” is no name.", N_("Write the name of the person."), value=text)
    missing: dict[Meaning, Refusal] = {
        Meaning.ID: Unfit("This person has no number.", N_("Fill in the number, or leave the whole column out.")),
        Meaning.NAME: Unfit("This person has no name.", N_("Fill in family name and given name, or the display name.")),
        Meaning.MAIL: Unfit(
            "This person has no mail address.",
            N_("Fill it in, or leave the person out: a round reaches people by mail."),
        ),
    }
    return None if text else missing[meaning]
