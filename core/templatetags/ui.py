"""What every template may use to show icons, money, times, quantities, languages and matched words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal
from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from core.icons import ICONS
from core.money import Money
from core.units import unit_name

register = template.Library()

_ICONS = frozenset(ICONS)
#: Two decimals; below one unit of the currency up to the four that a unit price is stored with.
_PRICE_PATTERN, _SMALL_PRICE_PATTERN = "#,##0.00 ¤", "#,##0.00## ¤"


def _locale() -> Locale:
    return Locale.parse((get_language() or settings.LANGUAGE_CODE).split("-")[0])


# Icons ------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of `core.icons.ICONS`. Without a `label` it is decoration, and screen readers skip it."""
    if name not in _ICONS:
        raise template.TemplateSyntaxError(f"Icon {name!r} is not in core.icons.ICONS")
    return _drawn(_sprite(), name, css, str(label))


@cache  # looked up forty times a page otherwise
def _sprite() -> str:
    return static("icons.svg")


@lru_cache(maxsize=1024)
def _drawn(sprite: str, name: str, css: str, label: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" width="24" height="24" {}><use href="{}#{}"></use></svg>',
        f"icon {css}".strip(),
        spoken,
        sprite,
        name,
    )


# Amounts ----------------------------------------------------------------------------------------------------


def format_money(value: Money) -> str:
    """`1 234,50 ₴`: in the reader's locale, the currency behind, no line break inside."""
    return _money(value, get_language())


@lru_cache(maxsize=4096)  # prices repeat on a page and between pages; formatting one takes 40 µs
def _money(value: Money, _language: str | None) -> str:
    small = abs(value.amount) < 1
    pattern = _SMALL_PRICE_PATTERN if small else _PRICE_PATTERN
    amount = value.amount.quantize(Decimal("0.0001" if small else "0.01"), rounding=ROUND_HALF_UP)
    text = format_currency(amount, value.currency, format=pattern, locale=_locale(), currency_digits=False)
    return text.replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def money(value: Money | int | str | None, currency: str = "") -> SafeString:
    """A `Money`, or a stored unit price (1/10,000) with its currency; the base currency when not told."""
    if value is None or value == "":
        return mark_safe("")
    if not isinstance(value, Money):
        value = Money.from_price(int(value), currency or settings.BASE_CURRENCY)
    return format_html('<span class="money">{}</span>', format_money(value))


@register.filter
def money_text(value: Money | int | str | None, currency: str = "") -> str:
    """As `money`, without markup: for attributes and sentences."""
    if value is None or value == "":
        return ""
    if not isinstance(value, Money):
        value = Money.from_price(int(value), currency or settings.BASE_CURRENCY)
    return format_money(value)


@register.filter
def minor(value: int | str | None, currency: str = "") -> SafeString:
    """A stored payable amount (minor units) with its currency."""
    if value is None or value == "":
        return mark_safe("")
    return money(Money.from_minor(int(value), currency or settings.BASE_CURRENCY))


@register.filter
def decimal_point(value: Money | int | str | None) -> str:
    """A stored unit price as machines read it (`1234.50`): for microdata and form values."""
    if value is None or value == "":
        return ""
    amount = value.amount if isinstance(value, Money) else Money.from_price(int(value), "XXX").amount
    return f"{amount.normalize():f}" if amount != amount.to_integral() else f"{amount:.0f}"


@register.filter
def number(value: Decimal | float | None) -> str:
    """A quantity in the reader's locale, without idle zeros: `1 250`, `0,5`."""
    return "" if value is None or value == "" else _number(str(value), get_language())


@lru_cache(maxsize=4096)
def _number(value: str, _language: str | None) -> str:
    text = format_decimal(Decimal(value), format="#,##0.####", locale=_locale())
    return text.replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def unit(code: str | None) -> str:
    """The short name of a unit of measure: `шт`, `уп`."""
    return unit_name(code) if code else ""


# Parts of an offer: tags, because a page of results draws a hundred of them ---------------------------------


@register.simple_tag
def price_block(price: Money, old: Money | None = None, unit_code: str = "", css: str = "") -> SafeString:
    """A price, large, for a unit (UN/ECE code), with the old one struck out."""
    parts = [f'<span class="{conditional_escape(f"price {css}".strip())}">{money(price)}']
    if unit_code:
        parts.append(f'<span class="price-unit"> / {conditional_escape(unit_name(unit_code))}</span>')
    parts.append("</span>")
    if old:
        spoken = conditional_escape(gettext("Before:"))
        parts.append(
            f'<span class="price-old"><span class="visually-hidden">{spoken} </span>{money(old)}</span>'
        )
    return mark_safe("".join(parts))  # noqa: S308 - each piece was escaped above


_STOCK = {
    "in_stock": ("stock-in", "circle-check"),
    "to_order": ("stock-order", "truck"),
    "none": ("stock-none", "circle-x"),
}


@register.simple_tag
def stock(state: str, label: str) -> SafeString:
    """Availability in words, sign and colour; `state` is a code of the catalogue's Availability."""
    css, sign = _STOCK.get(state, ("stock-unknown", "question-mark"))
    return format_html('<span class="stock {}">{}{}</span>', css, icon(sign), capfirst(label))


#: Of a photo whose place on the page is not told.
_SIZES = "(max-width: 620px) 45vw, 240px"


@register.simple_tag
def photo(
    src: object = "",
    alt: str = "",
    placeholder: str = "",
    *,
    eager: bool = False,
    frame_id: str = "",
    sizes: str = "",
) -> SafeString:
    """A square photo over its drawn placeholder: the drawing shows where there is no photo, or it fails to load.

    `src` is an address, or what reads like one and may tell a `srcset`; then `sizes` says how wide it is drawn.
    """
    srcset = getattr(src, "srcset", "")
    drawing = (
        format_html('<img src="{}" alt="" width="240" height="240" loading="lazy">', placeholder)
        if placeholder
        else ""
    )
    picture = ""
    if src:
        picture = format_html(
            '<img src="{}"{} alt="{}" width="240" height="240" decoding="async" referrerpolicy="no-referrer"{} {}>',
            src,
            format_html(' srcset="{}" sizes="{}"', srcset, sizes or _SIZES) if srcset else "",
            alt,
            format_html(' id="{}"', frame_id) if frame_id else "",
            mark_safe('fetchpriority="high"' if eager else 'loading="lazy"'),  # noqa: S308 - constants
        )
    return format_html(
        '<span class="photo"><span class="photo-none" aria-hidden="true">{}</span>{}</span>',
        drawing or icon("photo"),
        picture,
    )


# Times ------------------------------------------------------------------------------------------------------


def relative_time(moment: dt.datetime) -> str:
    """`3 години тому`, `через 2 дні`."""
    delta = moment - timezone.now()
    unit, length = next(((unit, length) for unit, length in _UNITS if abs(delta) >= length), _SECOND)
    # Less than a second is one: babel says of none that it will be.
    whole = int(delta / length) * length or -length
    # A threshold that is never reached keeps the unit that was chosen.
    return format_timedelta(whole, granularity=unit, add_direction=True, threshold=math.inf, locale=_locale())


_Unit = Literal["year", "month", "day", "hour", "minute", "second"]
_SECOND: tuple[_Unit, dt.timedelta] = ("second", dt.timedelta(seconds=1))
#: Whole ones, never rounded up: who reads "in 4 days" of 3 days and 20 hours misses a deadline.
_UNITS: tuple[tuple[_Unit, dt.timedelta], ...] = (
    ("year", dt.timedelta(days=365)),
    ("month", dt.timedelta(days=30)),
    ("day", dt.timedelta(days=1)),
    ("hour", dt.timedelta(hours=1)),
    ("minute", dt.timedelta(minutes=1)),
)


@register.simple_tag
def ago(moment: dt.datetime | None) -> SafeString:
    """How long ago (or ahead) a moment is; the exact time with its zone on hover."""
    if moment is None:
        return mark_safe("")
    return _ago(
        moment, int(timezone.now().timestamp()) // 20, get_language(), timezone.get_current_timezone_name()
    )


@lru_cache(maxsize=1024)  # all offers of a price list were confirmed at one moment
def _ago(moment: dt.datetime, _tick: int, _language: str | None, _zone: str) -> SafeString:
    local = timezone.localtime(moment)
    exact = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local:%Z}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, relative_time(moment)
    )


@register.simple_tag
def until(moment: dt.datetime | None) -> SafeString:
    """The same for deadlines: reads better in a template."""
    return ago(moment)


@register.simple_tag
def moment(value: dt.datetime | None) -> SafeString:
    """A date and time with its zone: what a deadline is given in."""
    if value is None:
        return mark_safe("")
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local.isoformat(),
        formats.date_format(local, "SHORT_DATETIME_FORMAT"),
        local.strftime("%Z"),
    )


# Words ------------------------------------------------------------------------------------------------------


@register.filter
def highlight(segments: Iterable[tuple[str, bool]] | str) -> SafeString:
    """Pairs of a piece of text and whether it matched: the matched ones are marked, all are escaped."""
    if isinstance(segments, str):
        return conditional_escape(segments)
    pieces = [
        format_html("<mark>{}</mark>", text) if matched else conditional_escape(text)
        for text, matched in segments
    ]
    return mark_safe("".join(pieces))  # noqa: S308 - each piece was escaped above


@register.filter
def initials(name: str) -> str:
    """One or two capital letters that stand for a company without a logo."""
    words = [word for word in "".join(c if c.isalnum() else " " for c in name).split() if word]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a dict by a key that is itself a variable."""
    return mapping.get(key) if mapping else None


@register.filter
def host(address: str) -> str:
    """What a person calls a site: its host without www."""
    try:
        return (urlsplit(address).hostname or address).removeprefix("www.")
    except ValueError:
        return address


@register.filter
def phone_link(number_text: str) -> str:
    """A phone number as `tel:` wants it: digits and the leading plus."""
    digits = "".join(char for char in number_text if char.isdigit())
    return f"+{digits}" if number_text.strip().startswith("+") else digits


# Addresses --------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def language_url(context: template.Context, language: str) -> str:
    """This page in another language, with the same question asked. A page whose addresses differ by more than their
    prefix tells them as `request.addresses_by_language`.
    """
    request = context.get("request")
    if request is None:
        return f"/{language}/"
    own: dict[str, str] = getattr(request, "addresses_by_language", {})
    if own:
        asked = request.META.get("QUERY_STRING", "")
        bare = own.get(language) or translate_url(next(iter(own.values())), language)
        return f"{bare}?{asked}" if asked else bare
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, path: str = "", *, query: bool = False) -> str:
    """An absolute address of `path` (this page when not given); without its query unless asked."""
    request = context.get("request")
    if request is None:
        return f"{settings.SITE_URL}{path}"
    address: str = request.build_absolute_uri(path or None)
    if query:
        return address
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, page: int) -> str:
    """This list at another page, with the same limits."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query.pop("page", None)
    if page > 1:
        query["page"] = str(page)
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def page_window(current: int, last: int) -> list[int | None]:
    """Pages to offer around the current one; None stands for a gap."""
    wanted = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    window: list[int | None] = []
    for page in wanted:
        if window and isinstance(window[-1], int) and page - window[-1] > 1:
            window.append(page - 1 if page - window[-1] == 2 else None)
        window.append(page)
    return window
