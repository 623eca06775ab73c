"""What the headings of lists of times and of openings mean."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from shadowing.folding import katakana


class RoundMeaning(StrEnum):
    """What a column of a list of times or of openings says."""

    CODE = "code"
    NAME = "name"
    MAIL = "mail"
    DATE = "date"
    BEGIN = "begin"
    END = "end"
    LEVEL = "level"
    WHEN = "when"
    ZONE = "zone"
    OPENING = "opening"
    HOSTS = "hosts"
    DEPARTMENT = "department"
    KIND = "kind"
    TITLE = "title"
    TOPICS = "topics"
    WEEKDAY = "weekday"
    RULE = "rule"
    FIRST = "first"
    TIME = "time"
    SEATS = "seats"
    PLACE = "place"
    CONSENT = "consent"
    PREPARATION = "preparation"
    TRAVEL = "travel"
    STAMP = "stamp"


M = RoundMeaning
PERSON = "(?:社員|従業員|職員|スタッフ|メンバー|employee|staff|person|member)"
NUMBER = "(?:番号|コード|id|no|code|number|ナンバー)"
GOOD_TIME = "(?:空い|空き|空く|都合|可能|できる|希望)"
STAMPS = (
    M.STAMP,
    "タイムスタンプ timestamp 回答日時 送信日時 登録日時 更新日時 完了時刻 completiontime submittedat submissiontime",
)
ZONES = (M.ZONE, "zone tz timezone タイムゾーン")
# The patterns of each meaning, parted by blanks; the first meaning that fits a heading as a whole is its own.
TIMES_RULES: tuple[tuple[RoundMeaning, str], ...] = (
    STAMPS,
    (M.CODE, f"{PERSON}{NUMBER} id no 番号 社番 personid"),
    (M.MAIL, "(?:e?mail|電子メール|メール|ユーザー名)(?:アドレス|address)? emailaddress username"),
    (
        M.NAME,
        "[おご]?(?:氏名|名前|社員名|社員氏名|従業員名|回答者名?|参加者|メンバー|社員|担当(?:者名?)?|表示名|だれ|誰)"
        " name fullname displayname who person employee employeename",
    ),
    ZONES,
    (
        M.BEGIN,
        "(?:勤務|利用|対応|訪問)?(?:開始|始業|始)(?:時刻|時間|日時)? 自 from start(?:s|at|sat|time)? begin(?:s|sat)?",
    ),
    (M.END, "(?:勤務|利用|対応|訪問)?(?:終了|終業|終)(?:時刻|時間|日時)? 至 まで to until end(?:s|at|sat|time)?"),
    (M.LEVEL, "都合 可否 参加可否 状況 出欠 出欠確認 回答 区分 判定 level status ok ○× ○△×"),
    (M.DATE, "(?:勤務|対象|希望|対応|訪問|参加|空き)?(?:日付|年月日|月日|日にち|日|期日|日程) 曜日 date day weekday"),
    (
        M.WHEN,
        f"ご都合 .*{GOOD_TIME}.*(?:日|時|じかん|枠|スケジュール).* 空き 日時 いつ.* 第?[0-9]*(?:希望|候補)(?:日時?)? 時間帯?"
        " スケジュール 予定 availability available.* freetimes? when times? (?:time)?slots? .*areyoufree.*",
    ),
    (M.DEPARTMENT, "部署名? 部門名? 所属 所属部署 department dept team"),
)
OFFER_RULES: tuple[tuple[RoundMeaning, str], ...] = (
    STAMPS,
    (M.OPENING, f"(?:受け入れ)?(?:枠|席|オープニング)?{NUMBER} openingid (?:枠|席)(?:id|no)"),
    (
        M.HOSTS,
        f"(?:受け入れ)?(?:ホスト|担当|担当者|同行者|講師|案内役|説明者|主催者?|責任者|受け入れ者)(?:社員)?(?:{NUMBER}|名|氏名)?"
        " host(?:s|id|ids|name|names)? contact who 氏名 名前 社員番号 社員名 name personid",
    ),
    (
        M.DEPARTMENT,
        f"(?:受け入れ)?先?(?:部署|部門|所属|課|チーム)(?:名|{NUMBER})? (?:department|dept|team)(?:name|id|code)?",
    ),
    (M.KIND, "種類 形式 種別 区分 タイプ カテゴリー? 訪問の種類 kind type category format"),
    (
        M.TITLE,
        "題名? タイトル 件名 内容 業務内容 スケジュール 名称 会議名? 仕事 席の名前 title subject what description summary",
    ),
    (M.TOPICS, "テーマ 話題 トピック topics? theme 学べること"),
    (M.WEEKDAY, "曜日 weekday dayofweek"),
    (M.RULE, "繰り返し 頻度 周期 開催頻度 rrule recurrence repeat frequency"),
    (M.FIRST, "初回日? firston firstdate"),
    (
        M.WHEN,
        "(?:開催|実施|訪問|開始)?日時 いつ 同行日 候補(?:日時?)? 日程 when dateandtime datetime schedule startsat",
    ),
    (M.DATE, "(?:開催|実施|訪問)?(?:日付|年月日|月日|日|日にち) date day"),
    (M.BEGIN, "(?:開始)?(?:時刻) 開始(?:時間)? start starttime begins? from localtime"),
    (M.END, "終了(?:時刻|時間)? end(?:s|time)? to until"),
    (M.TIME, "時間帯? 時間分 所要(?:時間)?分? 長さ 分 duration(?:min)? minutes length time hours"),
    (
        M.SEATS,
        "席数? 定員 人数 同席可能人数 受け入れ(?:可能)?人数 募集人数 上限 最大人数 seats? capacity places max maxguests people",
    ),
    (M.PLACE, "場所 訪問先 集合場所 会場 会議室 部屋 place location where room venue"),
    (M.CONSENT, "先方了承 お客様の同意 顧客の同意 客先了承 先方承諾 customerconsent consent"),
    (M.PREPARATION, "準備 持ち物 事前準備 備考 メモ 注意事項 preparation notes? remarks bring"),
    (M.TRAVEL, "移動(?:時間)?分? travel(?:min|time)?"),
    ZONES,
)
BRACKETS = re.compile(r"[(\[【「〔<][^)\]】」〕>]*[)\]】」〕>]")
DRESS = re.compile(r"[\s*※■□◆◇●★☆▼▲①-⑳_\-–—:.,?'’\"]+|必須|任意")


def _compiled(rules: tuple[tuple[RoundMeaning, str], ...]) -> tuple[tuple[RoundMeaning, re.Pattern[str]], ...]:
    return tuple((meaning, re.compile("|".join(katakana(words).casefold().split()))) for meaning, words in rules)


TIMES, OFFERS = _compiled(TIMES_RULES), _compiled(OFFER_RULES)


@lru_cache(maxsize=2000)
def meaning(heading: str, offers: bool = False) -> RoundMeaning | None:
    """What *heading* claims: of a list of openings with *offers*, of times otherwise."""
    key = DRESS.sub("", BRACKETS.sub("", unicodedata.normalize("NFKC", heading)))
    key = katakana(key.replace("受入", "受け入れ")).casefold()
    found = (known for known, pattern in (OFFERS if offers else TIMES) if key and pattern.fullmatch(key))
    return next(found, None)
