"""“Auction” on the draft's page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from buyer_requests.auctioning.board import reserve_of, sealed_reserve
from buyer_requests.auctioning.enums import Form, StepKind, Subject, Timing
from buyer_requests.forms import options
from buyer_requests.forms.fields import NumberField, shown_number, shown_price
from buyer_requests.models import Auction, BuyerRequest
from core.money import MAX_PRICE, to_price

_COUNTS = ("pause_minutes", "duration_minutes", "soft_minutes", "most_extensions", "rounds", "turn_minutes")


def _whole(label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, help_text=hint)


@options.register
class AuctionOption(options.RequestOption):
    key, order, title = "auction", 30, _("Auction")
    hint = _("Vendors lower their prices against each other; you award as usual.")
    template_name = "requests/options/auction.html"

    held = forms.BooleanField(label=_("Hold a reverse auction"), required=False)
    timing = forms.ChoiceField(label=_("When"), choices=Timing, required=False)
    subject = forms.ChoiceField(label=_("What is bid on"), choices=Subject, required=False)
    form = forms.ChoiceField(label=_("How"), choices=Form, required=False)
    pause_minutes = _whole(
        _("Starts after the deadline, minutes"), 0, 10_080, _("So that vendors can get ready.")
    )
    duration_minutes = _whole(_("Lasts, minutes"), 1, 1440, _("After the deadline, at open price."))
    soft_minutes = _whole(
        _("A better price in the last minutes gives so many again"),
        1,
        60,
        _("Nobody wins by the last second."),
    )
    most_extensions = _whole(_("At most so many times"), 0, 100)
    rounds = _whole(_("Rounds"), 1, 10)
    turn_minutes = _whole(_("Minutes for each turn"), 1, 60)
    step_kind = forms.ChoiceField(label=_("Least step"), choices=StepKind, required=False)
    step = NumberField(label=_("Step"), is_money=True, most=MAX_PRICE, required=False)
    start = NumberField(
        label=_("Starting price of the whole"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("With delivery. Nobody may bid above it. Lines start at their own price limits."),
    )
    reserve = NumberField(
        label=_("Your secret target"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Nobody but you is shown it; afterwards you see whether it was reached."),
    )

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        stored = Auction.objects.filter(request=request).first()
        terms = stored or Auction()
        by_amount = terms.step_kind == StepKind.AMOUNT
        return {
            "held": stored is not None,
            "timing": terms.timing,
            "subject": terms.subject,
            "form": terms.form,
            **{name: getattr(terms, name) for name in _COUNTS},
            "step_kind": terms.step_kind,
            "step": shown_price(terms.step_amount)
            if by_amount
            else shown_number(Decimal(terms.step_percent)),
            "start": shown_price(terms.start_amount),
            "reserve": shown_price(reserve_of(terms)),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self._without_use(data):  # hidden on the page: nothing in it is complained of
            self.errors.pop(name, None)
            data[name] = None
        if not data.get("held"):
            return data
        step = data.get("step")
        if step is None and "step" not in self.errors:
            self.add_error("step", _("Say by how much a price has to be beaten."))
        elif (
            step is not None
            and data.get("step_kind") != StepKind.AMOUNT
            and not Decimal("0.01") <= step <= 20
        ):
            self.add_error("step", _("A step in percent is between 0.01 and 20."))
        if data.get("form") == Form.ROUNDS and data.get("timing") == Timing.ONCE:
            self.add_error(
                "form", _("Rounds need the bidders to be known: let the auction follow the deadline.")
            )
        return data

    @staticmethod
    def _without_use(data: dict[str, Any]) -> tuple[str, ...]:
        """Fields that what was chosen leaves as they are by default."""
        if not data.get("held"):
            return (*_COUNTS, "step", "start", "reserve")
        unused: tuple[str, ...] = (
            ("soft_minutes", "most_extensions", "duration_minutes")
            if data.get("form") == Form.ROUNDS
            else ("rounds", "turn_minutes")
        )
        if data.get("timing") == Timing.ONCE:
            unused += ("pause_minutes", "duration_minutes")
        return unused

    def save(self, request: BuyerRequest) -> None:
        data = self.cleaned_data
        if not data["held"]:
            Auction.objects.filter(request=request).delete()
            return
        by_amount = data["step_kind"] == StepKind.AMOUNT
        defaults = Auction()
        Auction.objects.update_or_create(
            request=request,
            defaults={
                "timing": data["timing"] or Timing.AFTER,
                "subject": data["subject"] or Subject.TOTAL,
                "form": data["form"] or Form.OPEN,
                **{name: getattr(defaults, name) if data[name] is None else data[name] for name in _COUNTS},
                "step_kind": StepKind.AMOUNT if by_amount else StepKind.PERCENT,
                "step_amount": to_price(data["step"]) if by_amount else None,
                "step_percent": defaults.step_percent
                if by_amount
                else data["step"].quantize(Decimal("0.01")),
                "start_amount": None if data["start"] is None else to_price(data["start"]),
                "reserve_sealed": sealed_reserve(
                    None if data["reserve"] is None else to_price(data["reserve"])
                ),
            },
        )

    def chosen(self) -> str:
        if not self.current("held"):
            return ""
        how = self.current("form")
        return (
            said_now("An auction in rounds") if how == Form.ROUNDS else said_now("An auction at open price")
        )
