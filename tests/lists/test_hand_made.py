"""Lists that somebody made by hand in Excel or in a text: titles, sections, notes, colours, habits of typing."""

from datetime import date, datetime

import pytest
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from shadowing.lists.people import Acquainted
from tests.lists.odd_lists import ADMITTED, Odd, book, odd, read, understood


def merged(*areas: str) -> object:
    def dress(sheet: Sheet) -> None:
        for area in areas:
            sheet.merge_cells(area)

    return dress


def linked(sheet: Sheet) -> None:
    for row in (2, 3):
        sheet.cell(row, 3).hyperlink = f"mailto:{sheet.cell(row, 3).value}"


HAND_MADE = (
    odd(
        "departments-as-section-rows",
        """
社員名簿,,,
,,,2026年11月現在
No.,社員番号,氏名,メールアドレス
【営業部】,,,
1,101,髙橋 由美子,yumi@sec.example
2,102,𠮷田 健,ken@sec.example
小計,2名,,
【製造部】,,,
3,201,﨑山 進,susu@sec.example
小計,1名,,
合計,3名,,
""",
        "101 | 髙橋 由美子 | yumi@sec.example | 営業部",
        "102 | 𠮷田 健 | ken@sec.example | 営業部",
        "201 | 﨑山 進 | susu@sec.example | 製造部",
        asks=["sections"],
    ),
    odd(
        "sections-with-marks",
        """
社員番号,氏名,メールアドレス
■ 総務課
1,秋山 一,akiyama@sec.example
2,春山 二,haruyama@sec.example
■ 品質管理室（2名）
3,夏山 三,natsuyama@sec.example
4,冬山 四,fuyuyama@sec.example
""",
        "1 | 秋山 一 | akiyama@sec.example | 総務課",
        "2 | 春山 二 | haruyama@sec.example | 総務課",
        "3 | 夏山 三 | natsuyama@sec.example | 品質管理室",
        "4 | 冬山 四 | fuyuyama@sec.example | 品質管理室",
        asks=["sections"],
    ),
    odd(
        "section-rows-in-english",
        """
Employee ID,Name,Email
Engineering Department,,
1,Ann Lee,ann@sec.example
Sales Team,,
2,Bob May,bob@sec.example
""",
        "1 | Ann Lee | ann@sec.example | Engineering Department",
        "2 | Bob May | bob@sec.example | Sales Team",
        asks=["sections"],
    ),
    odd(
        "section-row-above-each-page-header",
        """
部署：資材部,,
社員番号,氏名,メールアドレス
1,東 一,higashi@sec.example
部署：財務部,,
社員番号,氏名,メールアドレス
2,西 二,nishi@sec.example
""",
        "1 | 東 一 | higashi@sec.example | 資材部",
        "2 | 西 二 | nishi@sec.example | 財務部",
        asks=["sections"],
    ),
    odd(
        "names-with-san",
        """
社員番号,お名前,部署,アドレス,上司
1,山口さん,総務部,yama@san.example,
2,川口 実様,総務部,kawa@san.example,山口さん
""",
        "1 | 山口 | yama@san.example | 総務部",
        "2 | 川口 実 | kawa@san.example | 総務部 | 1",
    ),
    odd(
        "full-width-everything",
        "社員番号,氏名,部署,メール\n００１,森\u3000花,営業部\u3000,ｈａｎａ＠ｆｗ．ｅｘａｍｐｌｅ\n"
        "００２, 林\u3000大 ,\u3000営業部,ｄａｉ@fw.example\u200b\n",
        "001 | 森 花 | hana@fw.example | 営業部",
        "002 | 林 大 | dai@fw.example | 営業部",
    ),
    odd(
        "several-addresses-in-a-cell",
        """
社員番号,氏名,部署,メール
1,森 花,営業部,hana@two.example / hana@home.example
2,林 大,営業部,dai@two.example
3,木 実,営業部,<minoru@two.example>
4,原 野,営業部,mailto:hara@two.example
5,沢 水,営業部,沢 水 <sawa@two.example>
""",
        "1 | 森 花 | hana@two.example | 営業部",
        "2 | 林 大 | dai@two.example | 営業部",
        "3 | 木 実 | minoru@two.example | 営業部",
        "4 | 原 野 | hara@two.example | 営業部",
        "5 | 沢 水 | sawa@two.example | 営業部",
        asks=["メール: several"],
    ),
    odd(
        "hyperlinked-addresses",
        book(
            ("社員番号", "氏名", "メール", "部署"),
            (1, "森 花", "hana@link.example", "営業部"),
            (2, "林 大", "dai@link.example", "営業部"),
            dress=linked,
        ),
        "1 | 森 花 | hana@link.example | 営業部",
        "2 | 林 大 | dai@link.example | 営業部",
    ),
    odd(
        "phones-that-look-like-ids",
        """
氏名,内線番号,部署,メール
森 花,2101,営業部,hana@ph.example
林 大,2102,営業部,dai@ph.example
""",
        "hana@ph.example | 森 花 | hana@ph.example | 営業部",
        "dai@ph.example | 林 大 | dai@ph.example | 営業部",
        asks=["id"],
    ),
    odd(
        "leaving-in-the-future",
        book(
            ("社員番号", "氏名", "部署", "メール", "生年月日", "入社日", "退職予定日"),
            (
                1,
                "森 花",
                "営業部",
                "hana@fut.example",
                date(1980, 1, 1),
                date(2001, 4, 1),
                datetime.fromisoformat("2027-03-31"),
            ),
            (2, "林 大", "営業部", "dai@fut.example", date(1981, 1, 1), date(2002, 4, 1), None),
        ),
        "1 | 森 花 | hana@fut.example | 営業部",
        "2 | 林 大 | dai@fut.example | 営業部",
    ),
    odd(
        "kinds-of-employment",
        """
社員番号,氏名,部署,メール,雇用区分,備考
1,森 花,営業部,hana@kind.example,正社員,
2,林 大,営業部,dai@kind.example,派遣,㈱スタッフより
3,木 実,営業部,minoru@kind.example,業務委託,
4,原 野,営業部,hara@kind.example,出向者,親会社より出向
5,沢 水,営業部,sawa@kind.example,パート,育児時短
""",
        "1 | 森 花 | hana@kind.example | 営業部",
        "2 | 林 大 | dai@kind.example | 営業部",
        "3 | 木 実 | minoru@kind.example | 営業部",
        "4 | 原 野 | hara@kind.example | 営業部",
        "5 | 沢 水 | sawa@kind.example | 営業部",
    ),
    odd(
        "legend-and-notes-below",
        book(
            ("◎社員一覧（人事課作成）",),
            (),
            ("社員番号", "氏名", "部署", "メール"),
            (1, "森 花", "営業部", "hana@leg.example"),
            (2, "林 大", "営業部", "dai@leg.example"),
            (),
            ("凡例", "黄色", "産休中"),
            ("", "灰色", "退職予定"),
            ("※お問い合わせは人事課（内線2100）まで",),
        ),
        "1 | 森 花 | hana@leg.example | 営業部",
        "2 | 林 大 | dai@leg.example | 営業部",
    ),
    odd(
        "groups-in-two-rows-with-merged-cells",
        book(
            ("社員", "", "", "所属", "", "連絡先", ""),
            ("番号", "氏名", "カナ", "部", "課", "メール", "内線"),
            (1, "森 花", "ﾓﾘ ﾊﾅ", "営業部", "一課", "hana@grp.example", 100),
            (2, "林 大", "ﾊﾔｼ ﾀﾞｲ", "", "二課", "dai@grp.example", 101),
            (3, "木 実", "ｷ ﾐﾉﾙ", "製造部", "", "minoru@grp.example", 102),
            dress=merged("A1:C1", "D1:E1", "F1:G1"),  # type: ignore[arg-type]
        ),
        "1 | 森 花 | hana@grp.example | 一課",
        "2 | 林 大 | dai@grp.example | 二課",
        "3 | 木 実 | minoru@grp.example | 製造部",
        asks=["部/課", "部: empty"],
    ),
    odd(
        "division-with-blanks-below",
        """
部,課,社員番号,氏名,メール
営業部,,1,森 花,hana@bl.example
,一課,2,林 大,dai@bl.example
,,3,木 実,minoru@bl.example
製造部,,4,原 野,hara@bl.example
,組立課,5,沢 水,sawa@bl.example
,,6,谷 風,tani@bl.example
""",
        "1 | 森 花 | hana@bl.example | 営業部",
        "2 | 林 大 | dai@bl.example | 一課",
        "3 | 木 実 | minoru@bl.example | 一課",
        "4 | 原 野 | hara@bl.example | 製造部",
        "5 | 沢 水 | sawa@bl.example | 組立課",
        "6 | 谷 風 | tani@bl.example | 組立課",
        asks=["部/課", "部: empty"],
    ),
    odd(
        "empty-columns-between-and-a-row-number-without-heading",
        """
,,社員番号,,氏名,,部署,,メール
1,,0101,,森 花,,営業部,,hana@gap.example
2,,0102,,林 大,,営業部,,dai@gap.example
""",
        "0101 | 森 花 | hana@gap.example | 営業部",
        "0102 | 林 大 | dai@gap.example | 営業部",
    ),
    odd(
        "formulas-without-results",
        book(
            ("社員番号", "氏名", "部署", "メール"),
            (1, "森 花", "営業部", '="hana"&"@formula.example"'),
            (2, "林 大", "営業部", '="dai"&"@formula.example"'),
        ),
        refused=[0],
    ),
    odd(
        "ids-as-floats-and-scientific",
        """
社員番号,氏名,部署,メール
1.23E+05,森 花,営業部,hana@sci.example
1.24E+05,林 大,営業部,dai@sci.example
1.24E+05,木 実,営業部,minoru@sci.example
""",
        refused=[2, 3, 4],
    ),
    odd(
        "ids-turned-into-dates",
        book(
            ("社員番号", "氏名", "部署", "メール"),
            (datetime.fromisoformat("2026-01-01"), "森 花", "営業部", "hana@dt.example"),
            ("1-A", "林 大", "営業部", "dai@dt.example"),
            ("2-B", "木 実", "営業部", "minoru@dt.example"),
        ),
        "1-A | 林 大 | dai@dt.example | 営業部",
        "2-B | 木 実 | minoru@dt.example | 営業部",
        refused=[2],
    ),
    odd(
        "invisible-marks",
        "社員番号,氏名,部署,メール\n"
        "\u200e7\u200f,森\u200d 花\u200b,営\u200b業部,\u2060hana@inv.example\ufeff\n8,林\u00a0大,営業部,dai@inv.example\n",
        "7 | 森 花 | hana@inv.example | 営業部",
        "8 | 林 大 | dai@inv.example | 営業部",
    ),
    odd(
        "managers-by-title-and-family-name",
        """
社員番号,氏名,役職,部署,メール,上司
1,森 花,部長,営業部,hana@mg.example,
2,林 大,,営業部,dai@mg.example,森部長
3,木 実,,営業部,minoru@mg.example,林
4,原 野,,営業部,hara@mg.example,社長
""",
        "1 | 森 花 | hana@mg.example | 営業部",
        "2 | 林 大 | dai@mg.example | 営業部 | 1",
        "3 | 木 実 | minoru@mg.example | 営業部 | 2",
        "4 | 原 野 | hara@mg.example | 営業部",
        asks=["family names", "managers"],
    ),
    odd(
        "managers-by-a-chain",
        """
社員番号,氏名,部署,メール,一次上司,二次上司
1,森 花,営業部,hana@ch.example,,
2,林 大,営業部,dai@ch.example,森 花,
3,木 実,営業部,minoru@ch.example,林 大 > 森 花,森 花
""",
        "1 | 森 花 | hana@ch.example | 営業部",
        "2 | 林 大 | dai@ch.example | 営業部 | 1",
        "3 | 木 実 | minoru@ch.example | 営業部",
        asks=["林 大 > 森 花"],
    ),
    odd(
        "romaji-and-kana-columns",
        """
№,社員№,氏　名,ローマ字,ふりがな,所　属,Ｅ－ｍａｉｌ,内　線
1,S-01,森　花,MORI Hana,もり　はな,営業部,hana@rom.example,11
2,S-02,林　大,HAYASHI Dai,はやし　だい,営業部,dai@rom.example,12
""",
        "S-01 | 森 花 | hana@rom.example | 営業部",
        "S-02 | 林 大 | dai@rom.example | 営業部",
    ),
    odd(
        "two-blocks-side-by-side",
        """
社員番号,氏名,部署,メール,,社員番号,氏名,部署,メール
1,森 花,営業部,hana@sbs.example,,3,木 実,製造部,minoru@sbs.example
2,林 大,営業部,dai@sbs.example,,4,原 野,製造部,hara@sbs.example
""",
        "1 | 森 花 | hana@sbs.example | 営業部",
        "2 | 林 大 | dai@sbs.example | 営業部",
        "3 | 木 実 | minoru@sbs.example | 製造部",
        "4 | 原 野 | hara@sbs.example | 製造部",
        asks=["sheets"],
    ),
    odd(
        "no-department-at-all",
        """
社員番号,氏名,メール
1,森 花,hana@nod.example
2,林 大,dai@nod.example
""",
        refused=[0],
    ),
    odd(
        "no-mail-at-all",
        """
社員番号,氏名,部署
1,森 花,営業部
2,林 大,営業部
""",
        refused=[0],
    ),
    odd(
        "leavers-under-a-line",
        """
社員番号,氏名,部署,メール
1,森 花,営業部,hana@ul.example
2,林 大,営業部,dai@ul.example
【退職者】,,,
3,木 実,営業部,minoru@ul.example
""",
        "1 | 森 花 | hana@ul.example | 営業部",
        "2 | 林 大 | dai@ul.example | 営業部",
        "3 | left",
        asks=["【退職者】"],
    ),
    odd(
        "note-of-leaving-in-remarks",
        """
社員番号,氏名,部署,メール,備考
1,森 花,営業部,hana@rem.example,
2,林 大,営業部,dai@rem.example,2025/3/31退職
3,木 実,営業部,minoru@rem.example,育休中
""",
        "1 | 森 花 | hana@rem.example | 営業部",
        "2 | left",
        "3 | 木 実 | minoru@rem.example | 営業部 | away",
        asks=["2025/3/31退職", "育休中"],
    ),
)


@pytest.mark.parametrize("known", [Acquainted(), ADMITTED], ids=["empty", "after-admin"])
@pytest.mark.parametrize("one", HAND_MADE, ids=str)
def test_a_list_made_by_hand_is_understood_or_asks(one: Odd, known: Acquainted) -> None:
    assert understood(read(one, known)) == (one.people, one.asks, one.refused)


BARE = odd("bare", "社員番号,氏名,部署,メール\n1,森 花,営業部,hana.mori\n2,林 大,営業部,dai.hayashi@\n")


def test_addresses_without_a_domain_get_that_of_the_company_when_hr_says_so() -> None:
    found = read(BARE, ADMITTED)

    assert understood(found) == (
        ("1 | 森 花 | hana.mori@example.co.jp | 営業部", "2 | 林 大 | dai.hayashi@example.co.jp | 営業部"),
        ("メール: domain",),
        (),
    )


def test_addresses_without_a_domain_are_one_error_where_no_domain_is_known() -> None:
    assert understood(read(BARE)) == ((), (), (0,))


def test_a_department_whose_number_is_written_otherwise_is_asked_about() -> None:
    listed = odd("numbered", "社員番号,氏名,メールアドレス,部署\n1,髙橋 由美子,yumi@num.example,製造第１部\n")

    found = read(listed, Acquainted({}, {"m1": "製造第一部", "m2": "製造第二部"}))

    assert [(asked.about, asked.choices[0]) for asked in found.questions] == [("department 製造第１部", "製造第一部")]


ABOVE = """
社員番号,氏名,部署,メール,上司,退職日
1,森 花,営業部,hana@ab.example,林 大,
2,林 大,営業部,これは住所です,,
3,木 実,営業部,minoru@ab.example,原 野,
4,原 野,営業部,hara@ab.example,,2026-01-31
5,谷 空,営業部,sora@ab.example,社長 太郎,
"""


def test_a_manager_who_stands_in_the_list_is_not_said_to_be_missing_from_it() -> None:
    found = read(odd("managers-not-taken-in", ABOVE))

    asked = {one.about: dict(one.facts)["names"] for one in found.questions if one.about.startswith("managers")}
    assert asked == {"managers": "社長 太郎", "managers not taken in": "林 大, 原 野"}
    assert [error.row for error in found.errors] == [3]


def test_a_name_that_lost_a_letter_on_its_way_is_taken_and_said() -> None:
    listed = "ID,Name,Department,Mail\n1,J?rg Muster,Sales,joerg@lost.example\n2,Ann Who?,Sales,ann@lost.example\n"

    found = read(odd("lost", listed))

    assert [person.display_name for person in found.people] == ["J?rg Muster", "Ann Who?"]
    assert [dict(one.facts)["name"] for one in found.remarks] == ["J?rg Muster"]
