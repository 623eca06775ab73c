"""What each person of a list must have: a number, a name, a mail address; and which of two names is shown."""

import re
from collections.abc import Sequence

from shadowing.errors import Refusal
from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning
from shadowing.lists.meanings import ColumnMeanings
from shadowing.lists.questions import question
from shadowing.typed import Unfit, mail

BUSINESS, ADDRESS = N_("business name"), N_("mail address")
LOST = "\ufffd"
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def ask_business_names(drafts: Sequence[Draft], columns: ColumnMeanings, notes: Notes) -> None:
    """The name that colleagues know, where somebody has one beside the legal name."""
    meanings_of = (Meaning.BUSINESS_NAME, Meaning.BUSINESS_FAMILY, Meaning.BUSINESS_GIVEN)
    having = [one for one in drafts if any(one[meaning] for meaning in meanings_of)]
    if not having:
        return
    heading = next(columns.heading(meaning) for meaning in meanings_of if meaning in columns)
    sentence = N_("People with a business name: %(count)s. Show that one?")
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


def refuse_spoilt_numbers(drafts: Sequence[Draft], notes: Notes) -> None:
    """A spreadsheet makes 1.23E+05 of a long number and a day of 1-1; which number that was nobody can tell."""
    days = [one for one in drafts if DAY.fullmatch(one.code)]
    spoilt = [one for one in drafts if contents.SCIENTIFIC.fullmatch(one.code)] + days * (len(days) < len(drafts))
    for one in spoilt:
        hint = N_("Give the column the format “text” and write the number anew.")
        notes.refuse(
            one, Meaning.ID, Unfit("A spreadsheet has changed this number to “%(value)s”.", hint, value=one.code)
        )


def refuse_incomplete(drafts: Sequence[Draft], notes: Notes) -> None:
    if _refuse_all_without_mail([one for one in drafts if not (one.wrong or one.left)], notes):
        return
    for one in drafts:
        if one.wrong or one.left:
            continue
        if lost := next((meaning for meaning, text in one.cells.items() if LOST in text), None):
            hint = N_("Write the cell anew.")
            notes.refuse(one, lost, Unfit("Letters of this cell were lost when the file was saved.", hint))
            continue
        for meaning, needed in ((Meaning.ID, one.code), (Meaning.NAME, one.name), (Meaning.MAIL, one.mail)):
            if trouble := _trouble(one, meaning, needed):
                notes.refuse(one, meaning, trouble)
                break


def _refuse_all_without_mail(drafts: Sequence[Draft], notes: Notes) -> bool:
    """A column that is missing, or whose formulas were never computed, is one error and not one for each person."""
    if len(drafts) < 2 or any(one.mail for one in drafts):
        return False
    for one in drafts:
        one.wrong = True
    broken = [one for one in drafts if Meaning.MAIL in one.broken]
    if broken:
        heading = broken[0].columns.heading(Meaning.MAIL)
        hint = N_("Open the list in Excel, save it there, and choose it again.")
        trouble = Unfit(
            "The formulas of “%(heading)s” have no results in %(count)s rows.", hint, heading=heading, count=len(broken)
        )
    else:
        hint = N_("Add a column of mail addresses: a round reaches people by mail.")
        trouble = Unfit("None of the %(count)s people of this list has a mail address.", hint, count=len(drafts))
    notes.refuse_file(trouble, drafts[0].sheet)
    return True


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
