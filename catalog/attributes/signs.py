"""Signs by which names are read: words and marks that say of what a number or a colour is said."""

from __future__ import annotations

import re

#: What stands behind these is said of something else: «для кави 500 г», «до 20 аркушів», «з чорною ручкою».
OF_ANOTHER = frozenset(
    [
        "для",
        "від",
        "до",
        "під",
        "з",
        "із",
        "зі",
        "без",
        "не",
        "от",
        "под",
        "с",
        "со",
        "из",
        "for",
        "from",
        "to",
        "with",
        "without",
        "under",
        "against",
    ]
)
NOT = frozenset(["без", "не", "without", "no", "not"])
#: A colour that follows one of these still belongs to what the preposition took.
AND = frozenset(["і", "й", "та", "и", "and", "або", "или", "чи", "or"])
ADJECTIVE = re.compile(
    r"(?:ий|ій|ый|ой|ая|яя|ое|ее|ої|ого|его|ому|им|ым|ою|ей|их|ых|ими|ыми|ова|ева|на|ня|ня|не|ні|і|ые|ие)$"
)
#: First parts of compounds that only shade what is named last: темно-синій.
SHADE = re.compile(
    r"(?:темн|світл|светл|яскрав|ярк|ніжн|нежн|блід|бледн|глибок|dark|light|deep|bright|pale|матов|неон)\w*$",
    re.IGNORECASE,
)
QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|(?<!\S)\"[^\W\d][^\"]*\"")
#: Ends what a preposition speaks of.
CLAUSE = re.compile(r"[,;()\[\]|+]|\s[-–—]\s")
#: A word in the next clause is not beside.
APART = re.compile(r"[,;()\[\]|]")
RANGE = re.compile(r"\s*[-–—…~]+\s*|\s*\.\.+\s*|/")
RATE = re.compile(r"/\s?[^\W\d_]")
IN_A_PACK = re.compile(r"/\s?(?:уп|пач|пак|кор|ящ|бл|шт|pack|box)", re.IGNORECASE)
DECIMAL = re.compile(r"\d[.,]\Z")
#: 30,000 pages: thirty, or thirty thousand?
THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2},\d{3}(?!\d)")
TERM = re.compile(r"(\d[\d.]*)(\D*)$")
SIDES = re.compile(r"(\d[\d.]*(?:x\d[\d.]*)+)mm$")
#: 25х2 г, 25 пак. х 2 г, 20 пакетиків по 2 г: so many of so much each.
TIMES = re.compile(
    r"(?<![\w.,])(\d{1,4})\s?(?:(?:пак\w*|шт\w*|саше|капс\w*|стік\w*|стик\w*|bags?|pcs?)\.?\s?)?(?:[xх×*]|по)\s?\d+(?:[.,]\d+)?\s?(?:гр|г|кг|мл|л|kg|gr|g|ml|l)(?![^\W_])",
    re.IGNORECASE,
)
#: 8/256 ГБ, 8+256GB: two kinds of memory, no range.
MEMORIES = re.compile(r"(?<![\w.,])(\d{1,3})\s?[/+]\s?\d{2,4}\s?(?:gb|гб|tb|тб)(?![^\W_])", re.IGNORECASE)
#: 3-шаровий, 3х-слойная, 25пак, 3сл.
JOINED = re.compile(r"(\d{1,4})(?:-?(?:х|x|ти|ох|и|а))?-?([^\W\d_]{2,})$", re.IGNORECASE)
#: Двошаровий, трёхслойная.
SPELT = {
    "одно": 1, "двох": 2, "двух": 2, "дво": 2, "трьох": 3, "трех": 3, "трёх": 3, "три": 3,
    "чотирьох": 4, "чотири": 4, "четырех": 4, "четырёх": 4,
}  # fmt: skip
SPELT_FIRST = tuple(SPELT)
