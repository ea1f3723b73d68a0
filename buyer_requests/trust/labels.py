"""What a buyer can do about what the early look found, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from buyer_requests.trust.enums import Rule

ADVICE: Final[dict[str, Any]] = {
    Rule.UNVERIFIED: _("Confirm your address by the letter that we sent; its page sends it again."),
    Rule.LINKS: _("Describe the goods in words: makers' names and numbers find offers better than links."),
    Rule.CONTACTS: _("Leave them out: whoever you choose gets your contacts, and asks here until then."),
    Rule.SHOUTING: _("Write it in ordinary letters."),
    Rule.REPEATED: _("If several of you need the same, one request with pooled demand gets better prices."),
    Rule.BUDGET: _("No offer comes near these limits. Raise them, or leave them empty and let vendors name a price."),
    Rule.YOUNG: _("This passes by itself. A phone number in your profile helps."),
    Rule.CLOSED: _("Write to the operators if you think that this was a mistake."),
}  # fmt: skip
