"""Why a move was refused, and other words about auctions, for people."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

REFUSED: Final[dict[str, Any]] = {
    "late": _("too late: the lot was closed"),
    "too_early": _("too early: the auction has not started"),
    "paused": _("the auction is paused"),
    "not_in_lot": _("your bid does not price this line in full, so you take no part in it"),
    "not_your_turn": _("it is not your turn"),
    "too_high": _("not low enough: by now the price to beat was lower, or the step is bigger"),
    "too_low": _("lower than your lines and the delivery can come to"),
    "not_in_units": _("finer than the smallest coin"),
    "no_floor": _("in rounds no price goes down by itself"),
}
