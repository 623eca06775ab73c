"""Names as people write them into lists: `Last, First` in one cell, 山口さん."""

import re
from collections.abc import Sequence

from shadowing.errors import remark
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning

TURNED = re.compile(r"([^,，、]+)[,，、]\s*([^,，、]+)")
HONORIFIC = re.compile(r"(?<=\S)\s*(?:さん|さま|様|殿|くん)\Z")
LOST = re.compile(r"\w\?+\w|\w\?{2,}|\?{2,}\w")
"""A question mark within a name stands for a letter that the file could not hold."""
SHARE = 0.6


def settle(drafts: Sequence[Draft]) -> None:
    """The family name stands first where most names of the list have a comma."""
    named = [one for one in drafts if one[Meaning.NAME]]
    for one in named:
        one.cells[Meaning.NAME] = HONORIFIC.sub("", one[Meaning.NAME])
    turned = {one.row: parts for one in named if (parts := TURNED.fullmatch(one[Meaning.NAME]))}
    if len(turned) < SHARE * len(named):
        return
    for one in named:
        if parts := turned.get(one.row):
            del one.cells[Meaning.NAME]
            one.cells.setdefault(Meaning.FAMILY, parts[1].strip())
            one.cells.setdefault(Meaning.GIVEN, parts[2].strip())


def tell_lost(drafts: Sequence[Draft], notes: Notes) -> None:
    for one in drafts:
        if LOST.search(one.name):
            notes.remarks.append(
                remark(
                    "Row %(row)s: “%(name)s” lost a letter when the file was saved. The person is taken all the same; to have the "
                    "letter back, save the list as “CSV UTF-8” or as an Excel workbook and hand it in again.",
                    row=one.row,
                    name=one.name,
                )
            )
