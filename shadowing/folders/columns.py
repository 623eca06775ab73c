"""The columns of each file, under every heading that is understood. Width, case and blanks of a heading do not matter."""

from shadowing.folding import fold

PERSON = (
    "社員番号",
    "社員id",
    "社員コード",
    "従業員番号",
    "従業員コード",
    "職員番号",
    "employee id",
    "employee number",
)
DEPARTMENT = ("部署コード", "部署id", "部署番号", "部門コード", "所属コード", "department code")
DEPARTMENT_NAME = ("部署名", "部門名", "所属名", "department name")
EITHER_DEPARTMENT = ("部署", "部門", "所属", "department")
ZONE_HEADINGS = ("tz", "タイムゾーン", "time zone")
NOTE = ("備考", "メモ")

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "people": {
        "person_id": PERSON,
        "family_name": ("姓", "苗字", "last name", "surname"),
        "given_name": ("名", "first name"),
        "kana": (
            "よみがな",
            "読み仮名",
            "フリガナ",
            "ふりがな",
            "カナ",
            "氏名カナ",
            "カナ氏名",
            "よみ",
            "読み",
            "reading",
        ),
        "display_name": ("氏名", "名前", "表示名", "name", "full name"),
        "email": ("メールアドレス", "メール", "電子メール", "mail", "e-mail", "email address"),
        "department_id": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
        "manager_id": ("上長", "上司", "上長コード", "上司コード", "上長社員番号", "上司社員番号", "manager"),
        "site": ("拠点", "勤務地", "事業所", "office"),
        "zone": ZONE_HEADINGS,
        "locale": ("言語", "language"),
        "roles": ("役割", "権限", "role"),
        "hours": ("勤務時間", "就業時間", "working hours"),
        "may": ("参加できる形式", "受け入れ形式"),
    },
    "departments": {
        "department_id": DEPARTMENT,
        "name": (*DEPARTMENT_NAME, "名称"),
        "short_name": ("略称",),
        "parent_id": ("上位部署", "上位部署コード", "親部署", "親部署コード"),
        "goal": ("目標",),
        "kpi": ("指標",),
        "card": ("紹介", "部署紹介"),
        "problem": ("いまの課題", "課題"),
        "wish_known": ("知ってほしいこと",),
        "words": ("用語",),
        "seated_least": ("最低在席数", "最低在席人数"),
        "away_most": ("同時に離席できる人数",),
        "hours": ("勤務時間", "就業時間", "working hours"),
        "closed_days": ("休業日",),
    },
    "openings": {
        "opening_id": ("受け入れ枠番号", "受け入れ枠コード", "枠番号"),
        "host_ids": ("ホスト", "ホスト社員番号", "受け入れ担当"),
        "department_id": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
        "kind": ("種類", "形式"),
        "title": ("題名", "タイトル", "件名"),
        "topics": ("テーマ", "話題"),
        "starts_at": ("開始", "開始日時"),
        "weekday": ("曜日",),
        "local_time": ("時刻", "開始時刻"),
        "tz": ("zone", "タイムゾーン", "time zone"),
        "rrule": ("繰り返し",),
        "first_on": ("初回", "初回日"),
        "duration_min": ("所要時間", "所要時間(分)", "時間(分)"),
        "seats": ("席数", "定員"),
        "most_per_week": ("週の上限",),
        "site": ("拠点",),
        "travel_min": ("移動時間", "移動時間(分)"),
        "customer_consent": ("お客様の同意", "顧客の同意"),
        "note": NOTE,
        "place": ("場所",),
        "preparation": ("準備",),
        "confidential": ("社外秘",),
        "participation": ("参加のしかた",),
    },
    "guests": {
        "person_id": PERSON,
        "visits": ("希望回数", "訪問回数"),
        "half_days_most": ("半日数の上限",),
        "note": NOTE,
        "surprise": ("おまかせ",),
    },
    "goals": {
        "person_id": PERSON,
        "rank": ("順位", "希望順位"),
        "department_id": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
        "topic": ("テーマ",),
        "text": ("見たいこと", "学びたいこと"),
    },
    "availability": {
        "person_id": PERSON,
        "starts_at": ("開始", "開始日時"),
        "ends_at": ("終了", "終了日時"),
        "level": ("都合",),
        "zone": ZONE_HEADINGS,
    },
    "history": {
        "round": ("ラウンド",),
        "guest_id": ("ゲスト", "ゲスト社員番号"),
        "host_ids": ("ホスト", "ホスト社員番号"),
        "department_id": DEPARTMENT,
        "department_name": DEPARTMENT_NAME,
    },
    "exclusions": {"person_id": PERSON, "other_id": ("相手", "相手社員番号"), "ends_on": ("終了日", "期限")},
}
REQUIRED = {
    "people": ("person_id", "email", "department_id"),
    "departments": ("department_id", "name"),
    "openings": ("opening_id", "host_ids", "department_id", "kind", "title", "duration_min", "seats"),
    "guests": ("person_id",),
    "goals": ("person_id", "rank"),
    "availability": ("person_id", "starts_at", "ends_at"),
    "history": ("round", "guest_id", "host_ids"),
    "exclusions": ("person_id", "other_id"),
}
NAMES = tuple(ALIASES)


def of(file: str, header: tuple[str, ...]) -> tuple[str | None, ...]:
    """The column behind each heading of *file*, None for one that is not known.

    A heading such as 部署 is the code where the file has no other, and the name beside one."""
    known = {fold(alias): column for column, aliases in ALIASES[file].items() for alias in (column, *aliases)}
    found = [known.get(fold(heading)) for heading in header]
    for place, heading in enumerate(header):
        if found[place] is None and fold(heading) in EITHER_DEPARTMENT and "department_id" in ALIASES[file]:
            found[place] = "department_name" if "department_id" in found else "department_id"
    if "department_id" not in found and "department_name" in found and "department_id" in REQUIRED[file]:
        found[found.index("department_name")] = "department_id"
    return tuple(found)
