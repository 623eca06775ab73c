"""A department has a short name of four Japanese or five Latin letters, given or read off its name."""

import pytest

from shadowing.company import departments, short_names
from shadowing.company.departments import DepartmentDraft
from shadowing.typed import Mistakes, Unfit
from tests import factories
from tests.company.test_departments import hanako
from tests.factories import NOW


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("営業部", "営業"),
        ("経営企画本部", "経営企画"),
        ("カスタマーサポート室", "カスタマ"),
        ("営業一課", "営業一"),
        ("𠮷野家髙﨑支店部", "𠮷野家髙"),
        ("部", "部"),
        ("Sales", "Sales"),
        ("Customer Support", "Custo"),
        ("R & D", "R & D"),
    ],
)
def test_it_is_the_beginning_of_the_name_without_what_every_department_is_called(name: str, short: str) -> None:
    assert short_names.proposed(name) == short


@pytest.mark.parametrize("fits", ["営業", "経営企画", "Sales", "髙﨑𠮷"])
def test_four_japanese_or_five_latin_letters_fit(fits: str) -> None:
    assert short_names.short_name(f" {fits} ") == fits


@pytest.mark.parametrize("long", ["経営企画部", "Market", "カスタマー"])
def test_more_do_not_fit_and_the_sentence_says_how_many_do(long: str) -> None:
    with pytest.raises(Unfit, match="too long") as refusal:
        short_names.short_name(long)
    assert "営業" in refusal.value.hint


@pytest.mark.usefixtures("session")
def test_no_two_departments_go_by_one_short_name_whether_it_was_given_or_read_off() -> None:
    factories.department("sales", name="営業部")
    with pytest.raises(Mistakes) as mistakes:
        departments.add(DepartmentDraft(name="営業推進部", short_name="営業"), hanako(), NOW)
    assert "営業部" in str(mistakes.value)
    made = departments.add(DepartmentDraft(name="営業推進部", short_name="推進"), hanako(), NOW)
    assert short_names.of(made) == "推進"


@pytest.mark.usefixtures("session")
def test_a_department_may_keep_the_short_name_it_has() -> None:
    made = factories.department("sales", name="営業部", short_name="営業")
    departments.change(made, DepartmentDraft(name="営業統括部", short_name="営業"), hanako(), NOW)
    assert (made.name, made.short_name) == ("営業統括部", "営業")
