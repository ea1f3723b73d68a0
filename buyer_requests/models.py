"""Requests, their lines, the offers that match them, and the bids and awards that follow."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.auctioning.models import (
    Auction,
    AuctionBidder,
    AuctionEvent,
    AuctionLot,
    AuctionStanding,
)
from buyer_requests.bidding.enums import Origin, Supply
from buyer_requests.bidding.models import (
    BidAlternative,
    BiddingRule,
    BiddingStop,
    BidFile,
    CounterOffer,
    LookAlike,
    RuleOutcome,
)
from buyer_requests.changing.models import BidStanding, DraftedChange, LineStanding, RequestRevision
from buyer_requests.deciding.models import (
    Award,
    Criterion,
    CriterionScore,
    Decision,
    DecisionPlan,
    Proposal,
)
from buyer_requests.drafting.models import KeyedDraft, RequestKey, RequestTemplate
from buyer_requests.enums import Audience, BidState, RequestState
from buyer_requests.limits.models import MatchingTerms
from buyer_requests.pooling.models import PoolMember, PoolPart, PoolQuantity, PoolTerms
from buyer_requests.sealing.models import SealedBid, SealedRecord, SealedTerms
from buyer_requests.standing.models import StandingFind, StandingRound, StandingTerms
from buyer_requests.telling.models import (
    CategoryFollow,
    Hearing,
    Parcel,
    Reach,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.trust.models import RequestHold, RequestReport, TraceEntry
from catalog.models import Category, Offer
from core.money import CurrencyField, Money, PriceField, line_total
from vendors.models import Vendor

__all__ = [
    "Auction",
    "AuctionBidder",
    "AuctionEvent",
    "AuctionLot",
    "AuctionStanding",
    "Award",
    "Bid",
    "BidAlternative",
    "BidFile",
    "BidLine",
    "BidRevision",
    "BidStanding",
    "BiddingRule",
    "BiddingStop",
    "BuyerRequest",
    "CategoryFollow",
    "CounterOffer",
    "Criterion",
    "CriterionScore",
    "Decision",
    "DecisionPlan",
    "DraftedChange",
    "Hearing",
    "InvitedVendor",
    "KeyedDraft",
    "LineMatch",
    "LineStanding",
    "LookAlike",
    "MatchingTerms",
    "Parcel",
    "PoolMember",
    "PoolPart",
    "PoolQuantity",
    "PoolTerms",
    "Proposal",
    "Question",
    "Reach",
    "RequestHold",
    "RequestKey",
    "RequestLine",
    "RequestReport",
    "RequestRevision",
    "RequestTemplate",
    "RuleOutcome",
    "SealedBid",
    "SealedRecord",
    "SealedTerms",
    "StandingFind",
    "StandingRound",
    "StandingTerms",
    "TraceEntry",
    "VendorFit",
    "VendorNotice",
    "WaitingVendor",
]


class BuyerRequest(models.Model):
    """A list of needed goods that a buyer publishes for vendors to bid on."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="buyer_requests"
    )
    title = models.CharField(_("title"), max_length=160)
    notes = models.TextField(_("notes for vendors"), blank=True, default="")
    place = models.CharField(_("place of delivery"), max_length=160, blank=True, default="")
    region = models.CharField(_("region of delivery"), max_length=5, blank=True, default="")
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    currency = CurrencyField(_("currency"), default="UAH")
    deadline_at = models.DateTimeField(_("bids until"), null=True, blank=True)
    audience = models.CharField(_("who may see it"), max_length=10, choices=Audience, default=Audience.ALL)
    name_hidden = models.BooleanField(_("hide my name until the award"), default=False)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.DRAFT)
    version = models.PositiveIntegerField(default=1, help_text="grows with each published change")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            models.Index(fields=["state", "deadline_at"], name="requests_by_deadline"),
            models.Index(fields=["buyer", "-id"], name="requests_of_buyer"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def pseudonym(self) -> str:
        """Stands for the buyer where the name is hidden; another one for each request."""
        return self.public_id.hex[:6].upper()

    @property
    def takes_bids(self) -> bool:
        """As the page knows it; services judge by the database's clock under a lock."""
        return (
            self.state == RequestState.OPEN
            and self.deadline_at is not None
            and self.deadline_at > timezone.now()
        )


class InvitedVendor(models.Model):
    """A vendor whom the buyer chose to see the request."""

    request = models.ForeignKey(BuyerRequest, on_delete=models.CASCADE, related_name="invitations")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="requests_invited_once")]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.vendor_id}"


class RequestLine(models.Model):
    """One needed good. `ceiling_amount` is per unit, VAT included, in the request's currency (1/10,000)."""

    request = models.ForeignKey(BuyerRequest, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    text = models.CharField(_("what is needed"), max_length=500)
    details = models.CharField(
        _("details"), max_length=1000, blank=True, default="", help_text="shown to vendors, never matched"
    )
    source = models.CharField(max_length=1000, blank=True, default="", help_text="as the buyer's list had it")
    unsure = models.JSONField(
        default=list, blank=True, help_text="fields read from the list without certainty"
    )
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = models.CharField(_("unit"), max_length=3, blank=True, default="", help_text="UN/ECE, '' = any")
    ceiling_amount = PriceField(_("at most per unit"), null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    wants = models.JSONField(
        default=list,
        blank=True,
        help_text="attributes asked for: [{text, must, code, op, value}]; see buyer_requests/parsing/wants.py",
    )
    substitutes = models.BooleanField(_("substitutes are welcome"), default=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, default="")
    mpn = models.CharField(_("maker's number"), max_length=64, blank=True, default="")
    place = models.CharField(
        _("place of delivery"), max_length=160, blank=True, default="", help_text="where not the request's"
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True, help_text="where not the request's")
    match_count = models.PositiveIntegerField(default=0, help_text="offers that meet the line")
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="requests_line_position"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="requests_quantity_positive"),
        ]

    def __str__(self) -> str:
        return self.text


class LineMatch(models.Model):
    """An offer that meets a line: the best five for each vendor are kept. There are very many, so a row is narrow and stands
    in no index that another one covers.
    """

    line = models.ForeignKey(RequestLine, on_delete=models.CASCADE, related_name="matches", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.FloatField()
    wished = models.PositiveSmallIntegerField(default=0, help_text="wishes of the line that it meets")
    price_base = PriceField(
        null=True, help_text="per unit of the line, in the row's currency, 1/10,000; null: no rate known"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "offer"], name="requests_match_once")]
        indexes = [
            models.Index(fields=["vendor", "line"], name="requests_match_at_vendor"),
            models.Index(fields=["offer"], name="requests_match_of_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} ~ {self.offer_id}"


class VendorFit(models.Model):
    """How many offers of a vendor meet a line. `spare` are ids of those beyond the stored best five."""

    line = models.ForeignKey(RequestLine, on_delete=models.CASCADE, related_name="fits", db_index=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+", db_index=False)
    count = models.PositiveIntegerField()
    spare = models.JSONField(default=list, help_text="at most 2,000; best first when they were found")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "vendor"], name="requests_fit_once")]
        indexes = [models.Index(fields=["vendor", "count"], name="requests_fit_of_vendor")]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.vendor_id}: {self.count}"


class Bid(models.Model):
    """A vendor's answer to a request: one per vendor, revised in place with its history kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(BuyerRequest, on_delete=models.PROTECT, related_name="bids")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="bids")
    state = models.CharField(max_length=10, choices=BidState, default=BidState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    currency = CurrencyField(default="UAH")
    delivery_price = PriceField(_("delivery"), default=0)
    free_delivery_from = PriceField(
        _("free delivery from"), null=True, blank=True, help_text="goods of the bid that are taken, 1/10,000"
    )
    minimum_order = PriceField(
        _("least order"), null=True, blank=True, help_text="goods of the bid that are taken, 1/10,000"
    )
    delivery_days = models.PositiveSmallIntegerField(_("days to deliver"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    terms = models.TextField(_("terms"), blank=True, default="")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_automatic = models.BooleanField(default=False, help_text="as it stands now it was made by a rule")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "vendor"], name="requests_one_bid")]

    def __str__(self) -> str:
        return f"{self.vendor_id} → {self.request_id}"


class BidLine(models.Model):
    """A vendor's price for a line. `price_amount` is per unit of the line, in 1/10,000 of the bid's currency."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(RequestLine, on_delete=models.CASCADE, related_name="bid_lines")
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(_("what is offered"), max_length=500)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    price_amount = PriceField(_("price per unit"))
    breaks = models.JSONField(
        default=list,
        blank=True,
        help_text='["50.000", 123400] each: from this quantity on, this price; ascending, ever cheaper',
    )
    is_divisible = models.BooleanField(
        _("may be taken in part"),
        default=False,
        help_text="less than `quantity`, at the price of that quantity",
    )
    step = models.DecimalField(
        _("in multiples of"), max_digits=12, decimal_places=3, null=True, blank=True, help_text="a pack"
    )
    supply = models.CharField(_("availability"), max_length=5, choices=Supply, blank=True, default="")
    delivery_on = models.DateField(
        _("delivered by"), null=True, blank=True, help_text="null: as the bid says"
    )
    is_substitute = models.BooleanField(_("substitute"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "line"], name="requests_bid_line_once"),
            models.CheckConstraint(
                condition=models.Q(price_amount__gt=0), name="requests_bid_price_positive"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="requests_bid_quantity_positive"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money.from_price(self.price_amount, self.bid.currency)

    @property
    def total_minor(self) -> int:
        return line_total(self.price_for(self.quantity), self.quantity)

    @property
    def price_breaks(self) -> list[tuple[Decimal, int]]:
        return [(Decimal(least), int(amount)) for least, amount in self.breaks]

    def price_for(self, quantity: Decimal) -> int:
        """The price per unit for a quantity: the last break that it reaches, else `price_amount`."""
        price: int = self.price_amount
        for least, amount in self.breaks:
            if quantity >= Decimal(least):
                price = amount
        return price


class BidRevision(models.Model):
    """The bid as it stood when it was sent: never changed."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    origin = models.CharField(max_length=7, choices=Origin, default=Origin.PERSON)
    sender = models.CharField(
        max_length=32, blank=True, default="", help_text="keyed hash of the sender's network and browser"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["bid", "number"], name="requests_revision_once")]

    def __str__(self) -> str:
        return f"{self.bid_id} r{self.number}"


class Question(models.Model):
    """A vendor's question; question and answer are shown to all who see the request, without the asker."""

    request = models.ForeignKey(BuyerRequest, on_delete=models.CASCADE, related_name="questions")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("question"), max_length=1000)
    answer = models.TextField(_("answer"), max_length=2000, blank=True, default="")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
