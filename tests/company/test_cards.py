"""Cards of departments: signed when they are written, kept when their department is merged."""

from sqlalchemy.orm import Session

from shadowing.company import cards, departments, merging
from shadowing.company.aims import SentenceDraft, gain, keep_sentence
from shadowing.company.departments import DepartmentDraft
from shadowing.models import Department
from tests import factories
from tests.factories import NOW


def merge(source: Department, target: Department) -> None:
    told = merging.merge_effects(source, target).told
    merging.merge(source, target, told, factories.person(hr=True), NOW)


def test_a_card_says_who_wrote_it_last_and_a_rule_does_not_sign_it(session: Session) -> None:
    hanako = factories.person(hr=True)
    made = departments.add(DepartmentDraft(name="営業部"), hanako, NOW)
    departments.change(made, DepartmentDraft(name="営業部", away_most=2), hanako, NOW)
    assert cards.signature(made) is None

    departments.change(made, DepartmentDraft(name="営業部", problem="値引きが続く"), hanako, NOW)

    signed = cards.signature(made)
    assert signed
    assert (signed.by, signed.at) == (hanako, NOW)


def test_a_merged_card_and_its_sentences_are_kept(session: Session) -> None:
    source, target = (factories.department(name=name, problem=f"{name}!") for name in ("海外営業部", "営業部"))
    third, fourth, hanako = factories.department(name="開発部"), factories.department(), factories.person(hr=True)
    for one, other, text in ((source, target, "a"), (source, third, "b"), (source, fourth, "c"), (target, third, "d")):
        keep_sentence(one, other, SentenceDraft(text=text), hanako, NOW)

    merge(source, target)

    assert (gain(target, third), gain(target, fourth)) == ("d", "c")
    (kept,) = cards.merged(target)
    assert (kept.name, kept.problem, kept.sentences) == ("海外営業部", "海外営業部!", "営業部: a\n開発部: b")


def test_the_record_of_a_merged_card_follows_into_the_next_merge(session: Session) -> None:
    first, second, third = (factories.department(card=f"card {number}") for number in range(3))

    merge(first, second)
    merge(second, third)

    assert [one.card for one in cards.merged(third)] == ["card 1", "card 0"]


def test_a_department_that_is_deleted_takes_its_signature_and_sentences_along(session: Session) -> None:
    hanako, other = factories.person(hr=True), factories.department()
    bare = departments.add(DepartmentDraft(name="総務部", card="何でも"), hanako, NOW)
    keep_sentence(bare, other, SentenceDraft(text="a"), hanako, NOW)

    departments.remove(bare, hanako, NOW)
    session.flush()

    assert session.get(Department, bare.id) is None
