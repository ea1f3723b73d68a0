"""Ways to ask that a request may have besides its terms (sealed, auction, joined by others ...): each topic registers its form.

A topic's form stands folded on the draft's page and is saved with it in one transaction:

    @options.register
    class SealedOption(options.RequestOption):
        key, order, title = "sealed", 10, _("Sealed bids")
        hint = _("Nobody sees a bid before the deadline.")
        template_name = "requests/options/sealed.html"     # renders its fields as `option.<field>`
        sealed = forms.BooleanField(...)

        @classmethod
        def initial_of(cls, request): ...
        def save(self, request): ...
        def chosen(self): ...

What must hold before publishing is a check of `services.publishing.register_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django import forms

from buyer_requests.models import BuyerRequest


class RequestOption(forms.Form):
    """A topic's settings of a draft. Its key prefixes the fields' names in the page, so that topics never collide.

    A page or program that sends none of the fields means the topic is not wanted: no field may be required by itself.
    """

    key: ClassVar[str]
    order: ClassVar[int] = 100
    title: ClassVar[Any]  # lazily translated, as the hint
    hint: ClassVar[Any] = ""
    template_name: str

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        """The stored settings of the draft, or the defaults."""
        raise TypeError(f"{cls.__name__} has to say what is stored of {request!r}.")

    def save(self, request: BuyerRequest) -> None:
        """Stores valid settings; called within the transaction that saves the draft."""
        raise TypeError(f"{type(self).__name__} has to say how it is stored for {request!r}.")

    def chosen(self) -> str:
        """What the buyer chose in a few words of the active language, "" for nothing: shown folded and before publishing."""
        return ""

    @property
    def opens(self) -> bool:
        return bool(self.errors) or bool(self.chosen())

    def current(self, name: str) -> Any:
        """A field's value as cleaned, or as stored where nothing valid was sent."""
        if self.is_bound and hasattr(self, "cleaned_data") and name in self.cleaned_data:
            return self.cleaned_data[name]
        return self.initial.get(name)


Option = TypeVar("Option", bound=type[RequestOption])
_options: list[type[RequestOption]] = []


def register(option: Option) -> Option:
    """Decorator; from a module that `wiring.connect` imports. A key that is taken is a mistake."""
    if any(known.key == option.key for known in _options):
        raise ValueError(f"Two options of a request are called {option.key}.")
    _options.append(option)
    _options.sort(key=lambda each: (each.order, each.key))
    return option


def options_of(request: BuyerRequest, data: Mapping[str, Any] | None = None) -> list[RequestOption]:
    """Every topic's form for the draft, bound if `data` is given."""
    return [option(data, prefix=option.key, initial=option.initial_of(request)) for option in _options]
