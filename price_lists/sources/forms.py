"""What vendors send about their sources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.outgoing import OutgoingError, check_url
from price_lists.models import Source
from price_lists.sources.enums import Every, Precedence, Role
from price_lists.sources.sharing import direct_link
from vendors.models import Vendor

_LINK = "link"


class LinkFields(forms.Form):
    """A link, how often, and what opens it."""

    url = forms.CharField(
        label=_("Link to the file"),
        max_length=2000,
        required=False,
        widget=forms.URLInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "A feed of your shop, a file on your site, or a share link of Google Sheets, Google Drive or Dropbox."
        ),
    )
    every = forms.TypedChoiceField(
        label=_("How often"),
        choices=Every,
        coerce=int,
        initial=Every.SIX_HOURS,
        required=False,
        empty_value=str(Every.SIX_HOURS.value),
    )
    user = forms.CharField(
        label=_("User"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Only if the server asks for a name and password."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url:
            try:
                check_url(direct_link(url))
            except OutgoingError as error:
                raise forms.ValidationError(f"{error} {error.remedy}", code=error.code) from error
        return url


class SourceForm(LinkFields):
    """A source as its page changes it."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For you alone: “Warehouse”, “Shop feed”.")
    )
    precedence = forms.TypedChoiceField(
        label=_("Where two sources disagree about a price or a stock"), choices=Precedence, coerce=int
    )
    field_order: tuple[str, ...] = ("name", "url", "every", "user", "password", "precedence")

    def __init__(self, *args: Any, has_link: bool, knows_password: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_link:
            for name in ("url", "every", "user", "password"):
                del self.fields[name]
            return
        self.fields["url"].required = True
        if knows_password:
            self.fields["password"].help_text = _("One is stored. Leave the field empty to keep it.")


class NewSourceForm(SourceForm):
    """A new source: what it tells, and by which way its files come."""

    way = forms.ChoiceField(
        label=_("How its files come"),
        choices=[(_LINK, _("from a link, by themselves")), ("file", _("sent by me or by a program of mine"))],
        widget=forms.RadioSelect,
        initial=_LINK,
    )
    role = forms.ChoiceField(
        label=_("What it tells"), choices=Role, widget=forms.RadioSelect, initial=Role.FULL
    )
    target = forms.ModelChoiceField(
        label=_("About the goods of"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("all my price lists"),
        help_text=_("Counts for a source that tells only prices or stock."),
    )
    field_order: tuple[str, ...] = (
        "name",
        "role",
        "target",
        "way",
        "url",
        "every",
        "user",
        "password",
        "precedence",
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, has_link=True, **kwargs)
        # Without a script nobody knows beforehand which way will be chosen: the first one needs the link.
        self.fields["url"].required = self.data.get(self.add_prefix("way"), _LINK) == _LINK
        self.fields["url"].error_messages["required"] = _("Give the link, or choose that the files are sent.")
        self.fields["precedence"].required = False
        self.fields["precedence"].widget = forms.HiddenInput()
        full = Source.objects.filter(vendor=vendor, role=Role.FULL)
        self.fields["target"].queryset = full  # type: ignore[attr-defined]  # a ModelChoiceField, see above
        if full.count() < 2:
            del self.fields["target"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("way") != _LINK:
            said["url"] = ""
        if not said.get("precedence"):
            # A file of prices alone is sent because the prices in the list are not the ones that hold.
            said["precedence"] = Precedence.NORMAL if said.get("role") == Role.FULL else Precedence.HIGH
        return said
