"""Time zones by the names of places, as people type them."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from shadowing.folding import fold

JAPAN = (
    "札幌/仙台/横浜/川崎/千葉/さいたま/新潟/静岡/浜松/名古屋/京都/大阪/堺/神戸/岡山/広島/福岡/北九州/熊本/鹿児島/那覇/"
    "Sapporo/Sendai/Yokohama/Chiba/Nagoya/Kyoto/Osaka/Kobe/Hiroshima/Fukuoka/Kumamoto/Okinawa"
)
"""Cities of which no list of zones knows, because Japan has one zone."""
ABROAD = {
    "America/Los_Angeles": "San Francisco/Seattle/San Diego/Las Vegas/サンフランシスコ/シアトル/サンディエゴ",
    "America/New_York": "Boston/Washington/Atlanta/Miami/Philadelphia/ボストン/ワシントン/アトランタ",
    "America/Chicago": "Houston/Dallas/Austin/ヒューストン/ダラス/オースティン",
    "Asia/Shanghai": "Beijing/Shenzhen/Guangzhou/Suzhou/Dalian/北京/深圳/広州/蘇州/大連",
    "Asia/Kolkata": "Mumbai/Delhi/New Delhi/Bangalore/Bengaluru/Chennai/Pune/ムンバイ/デリー/ニューデリー/バンガロール/チェンナイ",
    "Asia/Ho_Chi_Minh": "Hanoi/Da Nang/ハノイ/ダナン",
    "Europe/Berlin": "Munich/München/Frankfurt/Hamburg/Düsseldorf/Stuttgart/ミュンヘン/フランクフルト/ハンブルク/デュッセルドルフ",
    "Europe/London": "Manchester/Birmingham/Edinburgh/マンチェスター",
    "Europe/Rome": "Milan/Milano/ミラノ",
    "Europe/Madrid": "Barcelona/バルセロナ",
    "Europe/Zurich": "Geneva/Basel/ジュネーブ/バーゼル",
}
"""Large cities that share the zone of another one."""


@cache
def zones() -> frozenset[str]:
    """Read once: asking the machine takes milliseconds, and every row has a zone."""
    return frozenset(available_timezones())


def zone_of_place(place: str) -> str | None:
    """The zone of a city, or of a country that has one zone, in Japanese or English, however it is typed."""
    return _zones_of_places().get(fold(place))


def zone_like(typed: str) -> str:
    """The zone of the place that *typed* is spelt like, or else empty: no zone is better than one on another continent."""
    places = _zones_of_places()
    like = get_close_matches(fold(typed.rpartition("/")[2]), places, n=1, cutoff=0.75)
    return places[like[0]] if like else ""


@cache
def _zones_of_places() -> dict[str, str]:
    known = {zone for zone in zones() if "/" in zone and not zone.startswith("Etc/")}
    found = {zone.rpartition("/")[2].replace("_", " "): zone for zone in sorted(known)}
    for locale in (Locale("en"), Locale("ja")):
        cities = {str(words["city"]): zone for zone, words in locale.time_zones.items() if "city" in words}
        found |= {city: zone for city, zone in cities.items() if zone in known}
        for country, only in get_global("territory_zones").items():
            if len(only) == 1 and only[0] in known and country in locale.territories:
                found.setdefault(locale.territories[country], only[0])
    cities = {"Asia/Tokyo": JAPAN} | ABROAD
    more = {fold(city): zone for zone, named in cities.items() for city in named.split("/")}
    return {fold(place): zone for place, zone in found.items()} | more
