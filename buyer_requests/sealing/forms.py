"""What people enter about sealed requests: the option of a draft, and files to be checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms import options
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.enums import Reveals
from buyer_requests.sealing.holding import terms_for
from buyer_requests.sealing.terms import choose_sealed

#: Parsed, a file takes some fifty times its size in memory, and whoever asks may be anybody. A log of a thousand bidders
#: has some 700 KB; what is bigger is checked by docs/verify_sealed.py at home.
MOST_BYTES = {"log": 1024 * 1024, "receipt": 512 * 1024, "opened": 1024 * 1024}


@options.register
class SealedOption(options.RequestOption):
    """Whether bids are sealed until the deadline, and what is told of them."""

    key, order, title = "sealed", 10, _("Sealed bids")
    hint = _("Nobody sees a bid, or who bids, before the deadline: neither you nor the operators.")
    template_name = "requests/options/sealed.html"

    sealed = forms.BooleanField(
        label=_("Keep bids sealed until the deadline"),
        help_text=_(
            "It cannot be undone after publishing. Each bid leaves a fingerprint in a log, so that every bidder can check that nothing was changed."
        ),
        required=False,
    )
    shows_count = forms.BooleanField(
        label=_("Show how many bids came in"),
        help_text=_(
            "To you and the bidders; the log is open while bids come in. Otherwise it opens with the bids."
        ),
        required=False,
    )
    reveals = forms.ChoiceField(
        label=_("After the deadline a bidder sees"), choices=Reveals.choices, required=False
    )

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        terms = terms_for(request)
        return {
            "sealed": terms is not None,
            "shows_count": terms.shows_count if terms else False,
            "reveals": terms.reveals if terms else Reveals.OWN,
        }

    def save(self, request: BuyerRequest) -> None:
        data = self.cleaned_data
        choose_sealed(
            request=request,
            sealed=data["sealed"],
            shows_count=data["shows_count"],
            reveals=Reveals(data["reveals"] or Reveals.OWN),
        )

    def chosen(self) -> str:
        return said_now("bids are sealed until the deadline") if self.current("sealed") else ""


class VerifyForm(forms.Form):
    """A receipt, a log and, after the opening, the opened bids: whatever one has."""

    log = forms.FileField(label=_("The log (JSON)"))
    receipt = forms.FileField(label=_("Your receipt (JSON)"), required=False)
    opened = forms.FileField(label=_("The opened bids (JSON)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, most in MOST_BYTES.items():
            file = data.get(name)
            if file is not None and file.size > most:
                said = _(
                    "The file is bigger than %(most)d KB. Check it with the script of the documentation."
                )
                self.add_error(name, ValidationError(said, params={"most": most // 1024}))
        return data
