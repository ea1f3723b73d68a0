"""The address of an endpoint and the events that it wants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from api.webhooks.catalogue import Event
from api.webhooks.models import WebhookEndpoint


class EndpointForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_(
            "Begins with https:// and opens from everywhere on the Internet. Redirects are not followed."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    def __init__(self, *args: Any, known: list[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        field = self.fields["events"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(event.type, event.label) for event in known]

    @staticmethod
    def initial_of(endpoint: WebhookEndpoint) -> dict[str, Any]:
        return {"url": endpoint.url, "events": endpoint.events}

    @property
    def rows(self) -> list[tuple[Event, bool]]:
        """The events with whether each is chosen, for a list that also shows their types."""
        chosen = set(self["events"].value() or ())
        return [(event, event.type in chosen) for event in self.known]
