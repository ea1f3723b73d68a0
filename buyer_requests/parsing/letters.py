"""The talk around a list: greeting, errand, terms of delivery, signature, the head of a forwarded letter. None of it is a good."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from buyer_requests.parsing.wishes import take_wishes

_SIGNATURE = re.compile(
    r"^\W*(?:з\s+(?:найкращими\s+)?(?:повагою|побажаннями)|с\s+уважением|(?:best|kind|warm)\s+regards|regards|sincerely|"
    r"(?:yours\s+)?(?:truly|faithfully)|з\s+вдячністю|гарного\s+дня|хорошего\s+дня|всього\s+(?:доброго|найкращого)|best\s+wishes|cheers)\b"
    r"|^\s*--\s*$|^\s*_{5,}\s*$|^\s*(?:sent\s+from\s+my|надіслано\s+з|отправлено\s+с)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^\W*(?:from|to|cc|bcc|sent|date|subject|від|кому|копія|дата|тема|от|копия|отправлено|надіслано|відправник|отправитель)\s*:\s*\S",
    re.IGNORECASE,
)
_ERRAND = re.compile(
    r"(?<![^\W_])(?:прос(?:имо|им)|прошу|надайте|надати|надішліть|надіслати|вишліть|вислати|пришл\w+|вышл\w+|прислать|порахуй\w*|посчита\w*|"
    r"рахунок|рахунку|сч[её]т\w?|(?:комерційн|коммерческ)\w+|пропозиці\w+|предложени\w+|будь\s+ласка|пожалуйста|дякую\w*|спасибо|"
    r"оплат\w+|передплат\w+|предоплат\w+|безготівков\w+|безнал\w*|доставк\w+|самовивіз|самовывоз|закуп\w+|тендер\w*|"
    r"замовлен\w+|заказ\w*|чекаємо|жд[её]м|зв['’]яж\w+|свяж\w+|телефону\w+|наша\s+компанія|наша\s+компания|наш\s+офіс|"
    r"please|quote|quotation|invoice|offer|we\s+(?:need|are|would)|our\s+(?:company|office)|kindly|send\s+us|looking\s+forward|"
    r"thank\s*s?|delivery|payment|purchase|could\s+you|let\s+(?:us|me)\s+know|нам\s+(?:потрібн|нужн)\w+|нижче|ниже|below|following|наступн\w+|следующ\w+)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the talk says of the whole list."""

    place: str = ""
    needed_by: date | None = None
    substitutes: bool | None = None


def terms_of(rows: Iterable[str]) -> Terms:
    """Place, day and substitutes out of the rows that are no goods; the first word on each counts."""
    place, day, substitutes = "", None, None
    for row in rows:
        found = take_wishes(row[:1000])
        place = place or found.place
        day = day or found.needed_by
        substitutes = found.substitutes if substitutes is None else substitutes
    return Terms(place, day, substitutes)


def is_head(row: str) -> bool:
    """A row of a forwarded letter's head."""
    return bool(_HEAD.match(row))


def signature_at(rows: list[str], counted: list[bool]) -> int:
    """The place from which on there is only a signature; the number of rows where there is none.

    `counted` says of each row whether it names a quantity by itself: goods behind a signature are goods still.
    """
    for index, row in enumerate(rows):
        if _SIGNATURE.search(row) and not any(counted[index + 1 :]):
            return index
    return len(rows)


def is_errand(row: str, *, counted: bool) -> bool:
    """A sentence about the list, where the row has no quantity of its own."""
    words = re.findall(r"[^\W\d_]{2,}", row)
    found = len(_ERRAND.findall(row))
    if counted:
        return found >= 2 and len(words) >= 8
    return bool(found) and (len(words) >= 4 or not _FIGURE.search(row))
