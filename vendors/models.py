"""Companies that sell, their people and their delivery terms."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.money import CurrencyField, PriceField
from vendors.appeals.models import Decision
from vendors.care.models import DeskVisit, VendorNote
from vendors.enums import Participation, Role, VatStatus, VendorState
from vendors.onboarding.models import OnboardingMark
from vendors.score.models import VendorFigure

__all__ = [
    "Decision",
    "DeskVisit",
    "Invitation",
    "Membership",
    "OnboardingMark",
    "PickupPoint",
    "Vendor",
    "VendorFigure",
    "VendorNote",
    "VendorQuerySet",
]


class VendorQuerySet(models.QuerySet["Vendor"]):
    def public(self) -> VendorQuerySet:
        """Those whose offers buyers may see."""
        return self.filter(state=VendorState.APPROVED)

    def out_of_sight(self) -> VendorQuerySet:
        """Those whose offers are not shown now: not approved, or on a holiday that hides them."""
        today = timezone.localdate()
        away = models.Q(holiday_hides=True, holiday_from__lte=today, holiday_until__gte=today)
        return self.filter(~models.Q(state=VendorState.APPROVED) | away)

    def closed(self, day: dt.date | None = None) -> VendorQuerySet:
        """Those on holiday on that day, today by default."""
        day = day or timezone.localdate()
        return self.filter(holiday_from__lte=day, holiday_until__gte=day)

    def at_work(self) -> VendorQuerySet:
        """Those whose offers buyers may see and who are there to answer today."""
        day = timezone.localdate()
        return self.public().exclude(holiday_from__lte=day, holiday_until__gte=day)


class Vendor(models.Model):
    """A company that sells in the row."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True, default="")
    tax_id = models.CharField(_("tax number (EDRPOU or IPN)"), max_length=20, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=VendorState, default=VendorState.APPLIED)
    state_reason = models.TextField(_("reason"), blank=True, default="")
    participation = models.CharField(
        _("participation"), max_length=10, choices=Participation, default=Participation.LISTING
    )
    description = models.TextField(_("about the company"), blank=True, default="")
    site_url = models.URLField(_("web site"), blank=True, default="")
    email = models.EmailField(_("e-mail for orders"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    city = models.CharField(_("city"), max_length=80, blank=True, default="")
    region = models.CharField(_("region"), max_length=80, blank=True, default="")
    logo_url = models.CharField(_("logo"), max_length=300, blank=True, default="")
    default_currency = CurrencyField(_("usual currency"), default="UAH")
    vat_status = models.CharField(_("VAT"), max_length=10, choices=VatStatus, default=VatStatus.INCLUDED)
    vat_percent = models.PositiveSmallIntegerField(_("VAT rate, %"), default=20)
    delivery_price = PriceField(_("delivery"), default=0, help_text=_("flat cost, 1/10,000 UAH"))
    free_delivery_from = PriceField(_("free delivery from"), null=True, blank=True)
    delivery_regions = models.JSONField(_("delivers to"), default=list, blank=True)
    delivery_days = models.PositiveSmallIntegerField(_("days to deliver"), null=True, blank=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    holiday_from = models.DateField(_("closed from"), null=True, blank=True)
    holiday_until = models.DateField(_("closed until"), null=True, blank=True)
    holiday_hides = models.BooleanField(_("hide the offers meanwhile"), default=False)
    quality = models.FloatField(default=0.5, help_text="0 to 1; written through vendors.services")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = VendorQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = ["name"]
        indexes = [models.Index(fields=["state", "name"], name="vendors_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.state == VendorState.APPROVED

    @property
    def on_holiday(self) -> bool:
        """Today. Its offers are out of sight meanwhile only where `holiday_hides`."""
        if self.holiday_from is None or self.holiday_until is None:
            return False
        return self.holiday_from <= timezone.localdate() <= self.holiday_until

    @property
    def is_out_of_sight(self) -> bool:
        """Its offers are not shown now."""
        return not self.is_public or (self.holiday_hides and self.on_holiday)

    @property
    def back_on(self) -> dt.date | None:
        """The first day after the holiday of today."""
        if not self.on_holiday or self.holiday_until is None:
            return None
        return self.holiday_until + dt.timedelta(days=1)


class Membership(models.Model):
    """A person who works for a vendor."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ASSISTANT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "user"], name="vendors_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} @ {self.vendor_id}"


class Invitation(models.Model):
    """An offer to work for a vendor, sent to an address. The link is signed, good once and for a while."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ASSISTANT)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="uk")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "email"],
                name="vendors_invited_once",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.vendor_id}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class PickupPoint(models.Model):
    """A place where goods can be collected, with stock of its own."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="pickup_points")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200)
    city = models.CharField(_("city"), max_length=80)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
