"""The rules about names and what an operator may have done about each."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """What should not stand in a good's name. The order is that of the bits in `TitleRemark.rules`: add at the end."""

    PHONE = "phone", _("phone number")
    LINK = "link", _("link, e-mail or messenger")
    SHOUTING = "shouting", _("capitals throughout")
    PROMOTION = "promotion", _("price or promotion")
    MARKS = "marks", _("repeated marks or emoji")
    HTML = "html", _("remains of HTML")

    @property
    def bit(self) -> int:
        return 1 << list(Rule).index(self)


class Action(models.TextChoices):
    OFF = "off", _("nothing")
    WARN = "warn", _("tell the vendor")
    CLEAN = "clean", _("clean the name")
    HOLD = "hold", _("hide the offer")


#: What holds until an operator says otherwise: nothing is hidden, and only what carries no meaning is taken out.
DEFAULTS: dict[Rule, Action] = {
    Rule.PHONE: Action.WARN,
    Rule.LINK: Action.WARN,
    Rule.SHOUTING: Action.WARN,
    Rule.PROMOTION: Action.WARN,
    Rule.MARKS: Action.CLEAN,
    Rule.HTML: Action.CLEAN,
}


def bits_of(rules: Collection[Rule]) -> int:
    """The rules as one number."""
    return sum(rule.bit for rule in Rule if rule in rules)


def rules_in(bits: int) -> list[Rule]:
    return [rule for rule in Rule if bits & rule.bit]
