"""What a heading may mean: several hundred of HR systems, directories and spreadsheets, in Japanese and English here, in more
languages in `languages.py`.

A heading is only a claim; `meanings.py` looks at the cells beneath before it believes one."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from shadowing.folding import TO_KATAKANA, katakana
from shadowing.lists import languages


class Meaning(StrEnum):
    """What a column of a list of people says."""

    ID = "id"
    NAME = "name"
    FAMILY = "family"
    GIVEN = "given"
    KANA = "kana"
    KANA_FAMILY = "kana_family"
    KANA_GIVEN = "kana_given"
    BUSINESS_NAME = "business_name"
    BUSINESS_FAMILY = "business_family"
    BUSINESS_GIVEN = "business_given"
    MAIL = "mail"
    DEPARTMENT = "department"
    DEPARTMENT_CODE = "department_code"
    LEVEL = "department_level"
    MANAGER = "manager"
    SITE = "site"
    ZONE = "zone"
    LOCALE = "locale"
    ROLES = "roles"
    HOURS = "hours"
    HOURS_BEGIN = "hours_begin"
    HOURS_END = "hours_end"
    MAY = "may"
    LEFT_ON = "left_on"
    STATUS = "status"
    POST = "post"
    IGNORE = "ignore"


NUMBER_SIGN = re.compile(r"(?<=\w)\s*[#＃]")
MARKS = re.compile("[*※■□◆◇●○◎★☆▼▲△▽『』①-⑳❶-❿#＃]")
BRACKETS = re.compile(r"[(\[（［【「〔<][^)\]）］】」〕>]*[)\]）］】」〕>]")
BETWEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad_\-–—:/.,・'’`\"]+")
PRIVATE = re.compile(
    r"個人|私用|ﾌﾟﾗｲﾍﾞｰﾄ|プライベート|自宅|携帯|予備|旧|以前|緊急|家族|personal|home|private|recovery|secondary|second|other|additional"
    r"|alternate|old|previous|emergency|mobile|upload|authentication|バックアップ|backup|検証|有効期限|配偶者|verified|type|2\Z|3\Z"
)
PERSON = (
    "(?:社員|従業員|スタッフ|職員|社|人|要員|メンバー|ユーザー?|user|employee|employe|empl?|staff|worker|person|"
    "personal|personnel|associate|mitarbeiter|member|team ?member)"
)
NUMBER = "(?:番号|番|ナンバー|no|nr|id|コード|cd|code|number|num|nummer|ナンバ|識別子|identifier)"
UNIT = (
    "(?:部署|部門|所属|発令所属|優先スル組織|組織|配属|配属先|所属先|所属部署|所属部門|所属組織|主所属|主部署|主務所属|グループ|"
    "メイングループ|現所属|本務所属|organi[sz]ation|org|orgunit|department|dept|division|group|team|unit|abteilung|"
    "supervisoryorganization|businessunit)"
)
HEAD = (
    "(?:上司|上長|直属上司|直属の上司|直属上長|所属長|一次上司|1次上司|評価者|一次評価者|承認者|管理者|マネージャー?|"
    "manager|mgr|supervisor|boss|linemanager|reportingmanager|directmanager|vorgesetzter?)"
)

# Of two columns that may mean the same the one whose rule stands higher wins.
RULES: tuple[tuple[Meaning, str], ...] = (
    (
        Meaning.IGNORE,
        "個人番号|マイナンバー|順番|連番|項番|no|行番号|通番|権限(レベル)?|ロール|(ビジネスネーム|通称).*(カナ|カタカナ|ヨミ.*)|business.*(yomi|kana)",
    ),
    (
        Meaning.KANA_FAMILY,
        r"(氏名)?(姓|セイ|苗字|名字|スタッフ姓|氏)(ノ)?(カナ|カタカナ|ヨミガナ|ヨミ|フリガナ|ヨミカタ|読ミ|読ミ仮名|全角カナ|半角カナ)|(カナ|カタカナ|ヨミガナ|ヨミ|フリガナ)(ノ)?(姓|セイ)|氏名(フリガナ|カナ|ヨミガナ)姓|(last|family)?name(yomi|kana|phonetic|furigana)|(last|family|sur)name(yomi|kana|phonetic|furigana|reading)|phonetic(last|family)name|セイ|familynamekana",
    ),
    (
        Meaning.KANA_GIVEN,
        r"(氏名)?(名|メイ|名前|スタッフ名|ファーストネーム)(ノ)?(カナ|カタカナ|ヨミガナ|ヨミ|フリガナ|ヨミカタ|読ミ|読ミ仮名|全角カナ|半角カナ)|(カナ|カタカナ|ヨミガナ|ヨミ|フリガナ)(ノ)?(名|メイ)|氏名(フリガナ|カナ|ヨミガナ)名|(first|given)name(yomi|kana|phonetic|furigana|reading)|phonetic(first|given)name|メイ",
    ),
    (
        Meaning.KANA,
        r"(社員|従業員|スタッフ|職員|個人|漢字)?(氏名|名前|姓名|お名前|表示名)?(ノ)?(カナ|カタカナ|ヨミガナ|ヨミ|フリガナ|ヨミカタ|読ミ|読ミ仮名|読ミガナ|フリ仮名|全角カナ|半角カナ)(氏名|名|表記)?|カナ(氏名|名|姓名)|(full|display)?name(kana|reading|phonetic|furigana)|reading|furigana|yomi|kana|phoneticname|phonetic",
    ),
    (Meaning.BUSINESS_FAMILY, r"(ビジネスネーム|旧姓使用|通称)(ノ)?姓|business(last|family)name"),
    (Meaning.BUSINESS_GIVEN, r"(ビジネスネーム|通称)(ノ)?名|business(first|given)name"),
    (Meaning.BUSINESS_NAME, r"ビジネスネーム|通称名?|職場(氏名|名)|呼称|businessname"),
    (
        Meaning.ID,
        rf"(company|global|internal|hr|unique)?{PERSON}{NUMBER}(incompany)?|personalnummer|従業員識別番号|個人コード|社番|職番|社員番",
    ),
    (
        Meaning.ID,
        r"(ログイン|アカウント)(id|名|コード)|login(id|name|名)?(1)?|accountid|samaccountname|(file|reference|badge|payroll|hr)(number|no|id)|会員番号|id|uid|username|ユーザー?名|key",
    ),
    (
        Meaning.FAMILY,
        r"(氏名|名前|漢字|社員|スタッフ|本名|戸籍)?(ノ)?(姓|苗字|名字|性)(漢字)?|氏|(legal)?(last|family|sur)name(漢字|kanji)?|sn|nachname|familienname|apellidos?|nom",
    ),
    (
        Meaning.GIVEN,
        r"(氏名|名前|漢字|社員|本名)?(ノ)?名(漢字)?|スタッフ名|(legal)?(first|given|fore)name(漢字|kanji)?|vorname|prenom|prénom",
    ),
    (
        Meaning.NAME,
        rf"(漢字|社員|従業員|スタッフ|職員|個人|本人|メンバー)?(氏名|名前|姓名|お名前|フルネーム)(漢字|表示用)?|(社員|従業員|個人|職員|メンバー|表示)名|(full|display|worker|employee|staff|associate|member|complete|preferredfull|payroll|legal)?name|worker|associate|employee|firstandlastname|namelastfirst|lastnamefirstname|ユーザー?名|{PERSON}名|empl?name|nameofemployee|vollständigername",
    ),
    (
        Meaning.MAIL,
        rf"{PERSON}e?mail(address)?|(会社|社用|業務用?|社内|職場|勤務先|企業|法人|仕事用?|職員|社員|従業員)(用)?(ノ)?(e?メール|電子メール|mail|eメール)(アドレス)?(1|新)?|(work|office|business|company|corporate|primary|best)e?mail(address)?(primary)?|e?mail(address)?(work|primary|office|business|社用|会社)|userprincipalname|upn|emailprimary",
    ),
    (
        Meaning.MAIL,
        r"(e|電子)?メール(アドレス)?(新|1)?|e?mail(address|アドレス|id|1)?|(連絡用|配信|通知用?|連絡先)e?メール(アドレス)?|ユーザー?名|username|(manager)?アドレス|mailadresse|emailadresse|correo|login",
    ),
    (
        Meaning.DEPARTMENT_CODE,
        rf"{UNIT}{NUMBER}|currentorganizationcode|組織情報コード|所属部署id|deptid|課コード|部コード",
    ),
    (
        Meaning.DEPARTMENT,
        r"(主|現)?(所属)?(部署|部門)(名|名称)?|所属(名|名称|部署|部門|先)?(名|名称)?|発令(所属)(名称?)?|優先スル組織|(home)?department(name|desc|description)?|dept(name|desc)?|deptiddesc|配属先?(部署|部門)?(名)?|abteilung|本務(部署|所属)|departamento",
    ),
    (
        Meaning.DEPARTMENT,
        r"(メイングループ|組織|主務組織|現組織)(名|名称|ユニット)?|(supervisory|assigned|home)organi[sz]ation(name)?|orgunit(path|name)?|organi[sz]ation(name|alunit)?|課(名)|部名",
    ),
    (
        Meaning.DEPARTMENT,
        r"(team|group|unit|reportinggroup|businessunit|division|gruppe|ministry|section|グループ|チーム|ユニット|事業部)(name|名)?",
    ),
    (
        Meaning.LEVEL,
        r"本部|事業本部|部|課|室|係|グループ名|チーム名|局|level\d+|(所属|組織|部署|部門|階層)(名)?(第)?\d+(階層)?|第\d+階層|(所属|組織|部署)?(レベル|階層)\d+|department(level)?\d+|dept\d+|organization\d+|\d+次組織|org(anization)?(level)?\d+(desc(ription)?|name)?",
    ),
    (
        Meaning.MANAGER,
        rf"{HEAD}(ノ)?({PERSON}?{NUMBER})|{HEAD}(ノ)?(e?メール|e?mails?)(アドレス|address)?|manageremails",
    ),
    (
        Meaning.MANAGER,
        rf"{HEAD}(ノ)?(氏名|名|名前|name|fullname)?|(reportsto|reportingto)(name|email|id)?|(direct|line|worker'?s|workers)manager",
    ),
    (
        Meaning.SITE,
        r"(基本)?(勤務|就業|作業)(地|場所|先|拠点|事業所)(名)?|(基本)?勤務先名|(拠点|事業所|営業所|オフィス|事務所|現場|地区|店舗|支店|支社|勤務場所店)(名|名称)?|(work)?(site|location|office|building|branch)(name|id|code|city|number)?|workspace|physicaldeliveryofficename|standort|事業所番号|branchlocation|workplace|loc|フロア",
    ),
    (Meaning.ZONE, r"タイムゾーン|time ?zone|tz|時間帯|zeitzone"),
    (Meaning.LOCALE, r"(表示|使用|希望|利用)?言語|(preferred|display)?(language|locale)|sprache"),
    (Meaning.ROLES, r"役割|roles?"),
    (
        Meaning.HOURS_BEGIN,
        r"(所定)?(始業|出勤|勤務開始|就業開始|業務開始)(時刻|時間)?|勤務時間始|(scheduled|work)?(start|begin)(time|s)?|shiftstart|勤務開始時間|scheduledstart",
    ),
    (
        Meaning.HOURS_END,
        r"(所定)?(終業|退勤|勤務終了|就業終了|業務終了)(時刻|時間)?|勤務時間終|(scheduled|work)?(end|finish)(time|s)?|shiftend|scheduledend",
    ),
    (
        Meaning.HOURS,
        r"(勤務|就業|労働|所定労働|所定|標準)(時間|時間帯)|(scheduled|working|work|business|office)hours|hours|schedule|勤務帯|arbeitszeit",
    ),
    (Meaning.MAY, r"参加デキル形式|受ケ入レ形式|may"),
    (
        Meaning.LEFT_ON,
        r"(退職|退社|離職|退任|契約終了|契約満了|利用停止|最終出社|最終勤務|退職予定|異動退職)(年月)?日|(termination|leave|leaving|end|exit|separation|last|resign(ation)?|terminated)(date|day|on)?(worked|job|ofemployment|employment)?|(last|end)(day|date)(worked|job|ofwork)?|austritt(sdatum)?|enddatejob|employmentenddate|dateofleaving|datelef?t",
    ),
    (
        Meaning.STATUS,
        r"(在籍|在職|在席|雇用|就業|勤務|社員|アカウント|休職|利用)(状況|区分|フラグ|状態|ステータス|中)|在籍|在職|ステータス|状態|退職(フラグ|区分|者)|(employee|employment|emp|worker|active|account|appointment|user|new|position|assignment)?status(code)?|(is)?active|isactive|accountenabled|enabled|useraccountcontrol|suspended|有効(フラグ)?|empstatus",
    ),
    (
        Meaning.POST,
        r"(主務?兼務?|本務?兼務?|兼務|主従|主兼|発令|所属|兼任)(区分|フラグ|種別|有無)?|主務|本務|posttype|primary(position|job|flag)?|isprimary",
    ),
)
CONTRACT = {
    "person_id": Meaning.ID,
    "family_name": Meaning.FAMILY,
    "given_name": Meaning.GIVEN,
    "kana": Meaning.KANA,
    "display_name": Meaning.NAME,
    "email": Meaning.MAIL,
    "department_id": Meaning.DEPARTMENT_CODE,
    "department_name": Meaning.DEPARTMENT,
    "manager_id": Meaning.MANAGER,
    "site": Meaning.SITE,
    "zone": Meaning.ZONE,
    "locale": Meaning.LOCALE,
    "roles": Meaning.ROLES,
    "hours": Meaning.HOURS,
    "may": Meaning.MAY,
}

OF_UNITS = (Meaning.DEPARTMENT, Meaning.DEPARTMENT_CODE, Meaning.LEVEL, Meaning.SITE)
PARTED = re.compile(r"\s*[:：/／|｜>＞»→]\s*|\s+[-–—]\s+")
BILINGUAL = re.compile(r"([^A-Za-z]*[^\W\dA-Za-z][^A-Za-z]*?)[\s(]+([A-Za-z][\x20-\x7e]*?)[\s)]*")
OF_OTHERS = re.compile(
    r"emergency|spouse|partner|dependent|company|legalentity|previous|former|recruiter|assistant|buddy|mentor|phonetic|created|updated"
    r"|modified|approver|緊急|家族|配偶者|扶養|法人|会社|更新|作成|登録|身元|保証"
)


def _unaccented(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)))


_COMPILED = tuple(
    (meaning, re.compile(_unaccented(rule.translate(TO_KATAKANA))))
    for meaning, rule in (*RULES, *((Meaning(value), rule) for value, rule in languages.WORDS))
)
_FOLDED_CONTRACT = {name.replace("_", ""): meaning for name, meaning in CONTRACT.items()}


def plain(heading: str) -> str:
    """Width, case, script, marks and what stands between words do not matter."""
    return BETWEEN.sub("", _unaccented(katakana(MARKS.sub("", heading)).casefold()))


def keys(heading: str) -> tuple[str, ...]:
    """The heading with what stands in its brackets, and without: 姓（ヨミガナ） needs it, 社員番号(必須) does not."""
    unmarked = unicodedata.normalize("NFKC", MARKS.sub("", NUMBER_SIGN.sub("no", heading)))
    bare = plain(BRACKETS.sub("", unmarked))
    return tuple(key for key in dict.fromkeys((plain(re.sub(r"[(\[)\]「」〔〕【】<>]", "", unmarked)), bare)) if key)


@lru_cache(maxsize=4096)
def meanings(heading: str) -> tuple[tuple[Meaning, int], ...]:
    """What *heading* may mean, the likeliest first, each with its rank among all rules: the lower wins a meaning."""
    for key in keys(heading):
        if key in _FOLDED_CONTRACT:
            return ((_FOLDED_CONTRACT[key], 0),)
        found = [(meaning, rank) for rank, (meaning, rule) in enumerate(_COMPILED) if rule.fullmatch(key)]
        if found:
            return () if found[0][0] is Meaning.IGNORE else tuple(_public(found, heading))
    return tuple(_public(_qualified(heading), heading))


def _qualified(heading: str) -> list[tuple[Meaning, int]]:
    """`Legal Name - Last Name` is the last name, `Department/Complete Name` a department, `Manager: Email` a manager's."""
    parts = [part for part in PARTED.split(unicodedata.normalize("NFKC", heading)) if part.strip()]
    if len(parts) == 1 and (both := BILINGUAL.fullmatch(parts[0].strip())):
        latin = dict(meanings(both[2]))
        return [(meaning, len(_COMPILED)) for meaning, _ in meanings(both[1]) if meaning in latin]
    if len(parts) < 2 or any(OF_OTHERS.match(plain(part)) for part in parts):
        return []
    first, last = [meaning for meaning, _ in meanings(parts[0])], [meaning for meaning, _ in meanings(parts[-1])]
    if Meaning.MANAGER in first:
        said = [Meaning.MANAGER] if not last or {Meaning.ID, Meaning.NAME, Meaning.MAIL} & set(last) else []
    elif first and first[0] in OF_UNITS and last:
        said = [Meaning.DEPARTMENT_CODE if last[0] is Meaning.ID and first[0] is Meaning.DEPARTMENT else first[0]]
    else:
        said = last or first
    return [(meaning, len(_COMPILED)) for meaning in said]


def _public(found: list[tuple[Meaning, int]], heading: str) -> list[tuple[Meaning, int]]:
    """Nobody's private, former or second address is ever written to."""
    private = PRIVATE.search(plain(heading)) is not None
    return [(meaning, rank) for meaning, rank in found if not (private and meaning in (Meaning.MAIL, Meaning.SITE))]
