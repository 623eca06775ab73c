"""Time zones by the names of places, as people type them."""

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


@cache
def zones() -> frozenset[str]:
    """Read once: asking the machine takes milliseconds, and every row has a zone."""
    return frozenset(available_timezones())


def zone_of_place(place: str) -> str | None:
    """The zone of a city, or of a country that has one zone, in Japanese or English, however it is typed."""
    return _zones_of_places().get(fold(place))


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
    return {fold(place): zone for place, zone in found.items()} | dict.fromkeys(
        map(fold, JAPAN.split("/")), "Asia/Tokyo"
    )
