"""Which heading of a group of goods is a brand's name, and which of its names a good bears."""

from __future__ import annotations

import re
from functools import lru_cache

_BRAND_WORD = re.compile(r"[A-Z][A-Z0-9&.-]{2,20}\Z")
# Latin words that head groups in Cyrillic lists without being anybody's name.
_NO_NAMES = (
    "USB HUB SSD HDD NVME RAM LED LCD CPU GPU DVD CD DISC GPS GSM SIM HDMI VGA DVI AUX OTG TWS WIFI WI-FI SALE NEW "
    "VIP TOP HIT PROMO MICRO MINI MAXI MIDI AUDIO VIDEO AUTO ATX DDR DDR3 DDR4 DDR5 POE CCTV UPS MFP NAS RCA JACK "
    "SATA PCI BLUETOOTH TYPE TYPE-C LIGHTNING SD MICROSD FLASH FLESH CARD CARDS READER READERS MEMORY PC TV SMART "
    "PVC PP PE PET UTP FTP LAN AC DC AA AAA LR CR XS XL XXL XXXL OEM NONAME NO-NAME OTHER OTHERS ACCESSORIES "
    "PREMIUM STANDARD STANDART BASIC CLASSIC LUX LUXE ECO ECONOM OFFICE SCHOOL HOME KIDS BABY SPORT GAMING PRO "
    "WIRELESS ETHERNET ROUTER SWITCH BLU-RAY ANDROID WINDOWS IOS IPHONE IPAD GALAXY REDMI SLIM TOWER DESKTOP "
    "LAPTOP NOTEBOOK TABLET SERVER LASER INKJET THERMAL LOFT MODERN DELUXE ULTRA MAX PLUS LITE COMFORT SET "
    "BLACK WHITE RED BLUE GREEN GOLD SILVER PINK GREY GRAY"
)
# Series by which goods are called without their maker: "AirPods 4" below "APPLE" is Apple's.
_SERIES = {
    "AIRPODS": "apple",
    "IPAD": "apple",
    "IPHONE": "apple",
    "MACBOOK": "apple",
    "GALAXY": "samsung",
    "REDMI": "xiaomi",
}
NO_BRANDS = frozenset(_NO_NAMES.split())
_SEEMS_NAME = re.compile(r"(?<![\w-])[A-Z][A-Za-z]{3,}(?!\w)")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^]]*\]")
_TRADE_MARK = re.compile(r"^(?:тм|tm|бренд|brand)\b[\s:.]*", re.IGNORECASE)
_QUOTES = " \t\"'«»“”„‘’`®™"
_NOT_ITS_MAKER = r"(?:для|под|під|for|до|к|на|сумісн\w*|совмест\w*)\s+[\"«“]?"


@lru_cache(maxsize=4096)
def names_in(heading: str) -> tuple[str, ...]:
    """The names that a heading gives: "HONOR, HUAWEI ( РСТ )" gives two, "ТМ «Фрекен Бок»" one."""
    bare = _BRACKETED.sub(" ", heading)
    parts = (
        " ".join(_TRADE_MARK.sub("", part.strip(_QUOTES)).strip(_QUOTES).split())
        for part in re.split(r"[,/&+;]", bare)
    )
    return tuple(part for part in parts if part)


@lru_cache(maxsize=16384)
def brand_under(heading_brands: str, title: str) -> str:
    """The brand of a good below a brand row: of several names the one in its title, else none.

    A good made for another's goods ("чохол для Samsung") is not that other's, and a title with another name
    in it ("СЗУ HOCO C80A" among phones of Samsung) stays without: no brand is better than a wrong one.
    """
    names = [name for name in heading_brands.split(", ") if name]
    for name in names:
        found = found_in(name, title)
        if found is not None:
            return "" if made_for(name, title) else name
    if len(names) != 1:
        return ""
    own = {word.casefold() for word in names[0].split()}
    first = title.partition(" ")[0].upper()
    if _SERIES.get(first) == names[0].casefold():
        return names[0]
    words = _SEEMS_NAME.findall(title)
    if any(word.upper() in _SERIES and made_for(word, title) for word in words):
        return ""
    others = (word for word in words if word.upper() not in NO_BRANDS)
    said = [word.casefold() in own for word in others]
    return names[0] if any(said) or not said else ""


@lru_cache(maxsize=16384)
def brand_of_group(group: str, title: str) -> str:
    """The brand if a group's heading is one ("XIAOMI") and the title says it again, as written there."""
    for name in names_in(group):
        if _BRAND_WORD.match(name) and name not in NO_BRANDS:
            found = found_in(name, title)
            if found:
                return found
    return ""


def found_in(name: str, title: str) -> str | None:
    """The name as the title writes it, None if it does not."""
    found = _whole(name).search(title)
    return found.group() if found else None


def made_for(name: str, title: str) -> bool:
    """Whether the title says that the good fits things of this name."""
    return bool(re.search(rf"(?<!\w){_NOT_ITS_MAKER}{re.escape(name)}(?!\w)", title, re.IGNORECASE))


@lru_cache(maxsize=4096)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
