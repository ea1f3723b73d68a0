"""Choices of the vendors' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VendorState(models.TextChoices):
    APPLIED = "applied", _("waits for approval")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    SUSPENDED = "suspended", _("suspended")


class Participation(models.TextChoices):
    """How a vendor takes part; an offer may override it."""

    LISTING = "listing", _("listing: buyers go to the vendor's own site")
    HOSTED = "hosted", _("hosted shop: a shop inside the row")
    CART = "cart", _("common cart: the row sells, the payment is split")


class Role(models.TextChoices):
    """What a member may do: assistants work, managers also invite and set terms, owners everything."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    ASSISTANT = "assistant", _("assistant")


class VatStatus(models.TextChoices):
    INCLUDED = "included", _("prices include VAT")
    EXCLUDED = "excluded", _("prices exclude VAT")
    NONE = "none", _("not a VAT payer")
