"""What who joins writes: how much of each line, at most for how much, and where to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms.fields import NumberField, shown_number, shown_price
from buyer_requests.pooling.joining import Taking
from buyer_requests.pooling.selectors import Pool, PoolRow
from core.money import MAX_PRICE, to_price
from vendors.regions import Region

_MOST = Decimal(1_000_000)


class JoinForm(forms.Form):
    place = forms.CharField(
        label=_("Where to deliver"),
        max_length=160,
        required=False,
        help_text=_("Town and address. Only the vendor that delivers to you sees it, after it accepts."),
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    name_shown = forms.BooleanField(label=_("Others who take part may see my name"), required=False)
    agrees = forms.BooleanField(
        label=_("I know that this binds me once joining has ended"),
        required=True,
        error_messages={"required": _("Say that you know what you agree to.")},
    )

    def __init__(self, data: QueryDict | None = None, *, pool: Pool) -> None:
        self.pool = pool
        member = pool.member
        initial: dict[str, Any] = {}
        if member is not None:
            initial = {
                "place": member.place,
                "region": member.region,
                "name_shown": member.name_shown,
                "agrees": True,
            }
        for row in pool.rows:
            if row.mine is not None:
                initial[f"quantity-{row.progress.line.pk}"] = shown_number(row.mine.quantity)
                initial[f"ceiling-{row.progress.line.pk}"] = shown_price(row.mine.ceiling_amount)
        super().__init__(data, initial=initial)
        self.fields["place"].required = pool.member is None or pool.request.buyer_id != pool.member.user_id
        allowed = [(code, name) for code, name in Region.choices if code in pool.terms.regions]
        self.fields["region"].choices = [("", _("not chosen")), *(allowed or Region.choices)]  # type: ignore[attr-defined]  # it is a ChoiceField
        for row in pool.rows:
            pk = row.progress.line.pk
            self.fields[f"quantity-{pk}"] = NumberField(label=_("I take"), most=_MOST, required=False)
            self.fields[f"ceiling-{pk}"] = NumberField(
                label=_("At most per unit"), is_money=True, most=MAX_PRICE, required=False
            )

    def lines(self) -> list[tuple[PoolRow, forms.BoundField, forms.BoundField]]:
        return [
            (row, self[f"quantity-{row.progress.line.pk}"], self[f"ceiling-{row.progress.line.pk}"])
            for row in self.pool.rows
        ]

    def takings(self) -> dict[int, Taking]:
        taken = {}
        for row in self.pool.rows:
            pk = row.progress.line.pk
            quantity, ceiling = self.cleaned_data[f"quantity-{pk}"], self.cleaned_data[f"ceiling-{pk}"]
            if quantity:
                taken[pk] = Taking(quantity, to_price(ceiling) if ceiling else None)
        return taken
