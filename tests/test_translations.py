"""Every sentence is there in both languages."""

import io
import re
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from shadowing.mail import reasons
from shadowing.matching.pairings import BROKEN
from shadowing.matching.why import BY_HAND
from shadowing.models.words import TABLES, word
from shadowing.solver.alternatives import GUEST_ELSEWHERE, GUEST_OUT, HOST_ELSEWHERE, NOT_OFFERED
from shadowing.solver.check import CHECKS
from shadowing.solver.explain import Code, Remedy

ROOT = Path(__file__).parent.parent
PO = ROOT / "shadowing" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def japanese() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ja")


def singular(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]


def words(catalog: Catalog) -> dict[str, list[str]]:
    return {singular(m.id): [m.string] if isinstance(m.string, str) else list(m.string or ()) for m in catalog if m.id}


def test_every_sentence_is_translated(sentences: Catalog, japanese: Catalog) -> None:
    known = {singular(message.id) for message in japanese if message.string and any(message.string)}

    assert [singular(message.id) for message in sentences if message.id and singular(message.id) not in known] == []


def test_a_translation_fills_the_same_places(japanese: Catalog) -> None:
    wrong = []
    for message in japanese:
        if not message.id:
            continue
        asked = set(PLACE.findall(" ".join([message.id] if isinstance(message.id, str) else message.id)))
        words = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if any(set(PLACE.findall(text)) - asked or (asked - {"num"}) - set(PLACE.findall(text)) for text in words):
            wrong.append(singular(message.id))

    assert wrong == []


def test_what_is_served_is_what_is_written(japanese: Catalog) -> None:
    served = read_mo(io.BytesIO(PO.with_suffix(".mo").read_bytes()))

    assert words(served) == words(japanese)


NOT_OUR_WORDS = (
    *("枠", "見学", "ペアリング", "催促", "不参加", "依頼"),
    *("ログイン", "ログアウト", "専用リンク", "上長", "できれば避けたい"),
)


@pytest.mark.parametrize("word", NOT_OUR_WORDS)
def test_each_thing_has_one_word(japanese: Catalog, word: str) -> None:
    """訪問, 席, お願い (also a second time), サインイン, 個人用リンク, 上司 and △（調整可）."""
    assert [message.id for message in japanese if word in str(message.string)] == []


def test_every_reason_and_every_remedy_of_the_solver_has_its_sentence_in_both_languages(japanese: Catalog) -> None:
    assert set(reasons.WHY) == {*Code, *BY_HAND}
    assert set(reasons.REMEDY) == set(Remedy)
    known = words(japanese)
    said = [*reasons.WHY.values(), *reasons.REMEDY.values()]
    assert [sentence for sentence in said if sentence and not any(known[sentence])] == []


def test_every_sentence_about_a_broken_rule_belongs_to_a_rule() -> None:
    assert set(BROKEN) - {rule.__name__ for rule in CHECKS} == {NOT_OFFERED, GUEST_OUT, GUEST_ELSEWHERE, HOST_ELSEWHERE}


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_stage_kind_state_and_answer_has_a_word(kind: type[StrEnum]) -> None:
    assert set(TABLES[kind]) == set(kind)
    assert [word(member) for member in kind] == list(TABLES[kind].values())
