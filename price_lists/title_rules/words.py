"""What people read about names: remarks on rows, remedies, and what each rule is about."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from price_lists.title_rules.enums import Rule

_REMARKS: dict[Rule, Any] = {
    Rule.PHONE: _(
        "“%(value)s” in the name looks like a phone number. Take it out: your contacts stand on your own page."
    ),
    Rule.LINK: _(
        "“%(value)s” in the name is a link or an address. Take it out: there is a column for the good's link."
    ),
    Rule.SHOUTING: _("The name is written in capitals: “%(value)s”. Write it as in a sentence."),
    Rule.PROMOTION: _(
        "“%(value)s” in the name tells a price or a promotion. Take it out: prices and old prices have their columns."
    ),
    Rule.MARKS: _("“%(value)s” in the name is for the eye only. Take repeated marks and pictures out."),
    Rule.HTML: _("“%(value)s” in the name is left over from a web page. Take it out."),
}
_HELD = _("The offer is hidden until then.")
#: What an operator reads about a rule.
ABOUT: dict[Rule, Any] = {
    Rule.PHONE: _("Numbers as people dial them; articles, barcodes and dimensions are none."),
    Rule.LINK: _(
        "Web addresses, e-mail, names in messengers; makers that are called by their domain are none."
    ),
    Rule.SHOUTING: _(
        "Most of the name in capitals; abbreviations, models and brands do not count. Cleaned, Ukrainian and Russian words"
        " become small."
    ),
    Rule.PROMOTION: _(
        "Discounts, “best price”, free delivery, sums in hryvnias; gift cards and coins may name a sum."
    ),
    Rule.MARKS: _("!!!, ***, rows of dots, emoji and other pictures; signs such as ™, ° and ⌀ are none."),
    Rule.HTML: _("Tags and entities that are left over after names are read."),
}


def code_of(rule: Rule, *, held: bool) -> str:
    return f"name_{rule.value}_held" if held else f"name_{rule.value}"


#: By the code of a remark, as `price_lists.messages.ROWS` has them.
ROWS: dict[str, Any] = {
    **{code_of(rule, held=False): text for rule, text in _REMARKS.items()},
    **{code_of(rule, held=True): format_lazy("{} {}", text, _HELD) for rule, text in _REMARKS.items()},
}


def remark(rule: Rule, value: str) -> str:
    """Why the name is at fault and what to do about it, in the active language."""
    return str(_REMARKS[rule]) % {"value": value}
