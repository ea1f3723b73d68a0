"""What bids are judged by besides the price: chosen with the draft, or on the page of the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.models import Criterion, DecisionPlan
from buyer_requests.deciding.planning import CriterionInput, set_criteria
from buyer_requests.deciding.plans import MOST_OWN, WEIGHTS
from buyer_requests.forms import options
from buyer_requests.models import BuyerRequest

FIXED = tuple(kind for kind in CriterionKind if kind != CriterionKind.OWN)


class CriteriaForm(forms.Form):
    """A weight for each criterion, in words; a few of the buyer's own with a name."""

    is_stated = forms.BooleanField(label=_("Vendors see the criteria and their weights"), required=False)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for kind in FIXED:
            self.fields[kind.value] = _weight(capfirst(kind.label), self.initial.get(kind.value))
        for number in range(1, MOST_OWN + 1):
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Criterion of your own"), max_length=80, required=False
            )
            self.fields[f"own{number}"] = _weight(_("How much it counts"), self.initial.get(f"own{number}"))

    def value(self) -> list[CriterionInput]:
        data = self.cleaned_data
        found = [CriterionInput(kind, data[kind.value] or 0) for kind in FIXED]
        found += [
            CriterionInput(CriterionKind.OWN, data[f"own{number}"] or 0, data[f"name{number}"])
            for number in range(1, MOST_OWN + 1)
        ]
        return [each for each in found if each.weight]

    @property
    def fixed(self) -> list[Any]:
        return [self[kind.value] for kind in FIXED]

    @property
    def own(self) -> list[tuple[Any, Any]]:
        """Those that are filled in, and one more."""
        pairs = [(self[f"name{number}"], self[f"own{number}"]) for number in range(1, MOST_OWN + 1)]
        filled = [place for place, (name, _weight) in enumerate(pairs, start=1) if name.value()]
        return pairs[: max(filled, default=0) + 1]

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        plan = DecisionPlan.objects.filter(request=request).first()
        return cls.initial_from(
            list(Criterion.objects.filter(request=request)), is_stated=plan is not None and plan.is_stated
        )

    @classmethod
    def initial_from(cls, criteria: Iterable[Criterion], *, is_stated: bool) -> dict[str, Any]:
        criteria = list(criteria)
        found: dict[str, Any] = {each.kind: each.weight for each in criteria if each.kind in FIXED}
        own = [each for each in criteria if each.kind == CriterionKind.OWN]
        for number, each in enumerate(own[:MOST_OWN], start=1):
            found |= {f"name{number}": each.name, f"own{number}": each.weight}
        return found | {"is_stated": is_stated}


def _weight(label: Any, now: int | None) -> forms.TypedChoiceField:
    """Weights in words; one that is none of them (a program's) stays as it is."""
    choices: list[tuple[int, Any]] = list(WEIGHTS)
    if now and now not in dict(choices):
        choices.append((now, f"{now} %"))
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False, initial=0
    )


@options.register
class CriteriaOption(options.RequestOption, CriteriaForm):
    """On the draft's page."""

    key, order, title = "criteria", 60, _("What counts besides the price")
    hint = _("Weights that vendors see beforehand make a choice that nobody can call unfair.")
    template_name = "requests/options/criteria.html"

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        return CriteriaForm.initial_of(request)

    def save(self, request: BuyerRequest) -> None:
        set_criteria(
            buyer=request.buyer,
            request=request,
            criteria=self.value(),
            is_stated=self.cleaned_data["is_stated"],
        )

    def chosen(self) -> str:
        count = sum(bool(self.current(kind.value)) for kind in FIXED) + sum(
            bool(self.current(f"name{number}") and self.current(f"own{number}"))
            for number in range(1, MOST_OWN + 1)
        )
        if not count:
            return ""
        stated = _("vendors see the weights") if self.current("is_stated") else _("only you see the weights")
        return f"{count} · {stated}"
