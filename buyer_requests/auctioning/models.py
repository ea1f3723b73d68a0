"""An auction with its terms, lots, bidders, standings, and the log of all that happened: events are never changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyer_requests.auctioning.enums import (
    AuctionState,
    EventKind,
    Form,
    StepKind,
    Subject,
    Timing,
)
from core.money import PriceField


class Auction(models.Model):
    """Terms and state of a request's auction. Amounts are 1/10,000 of the request's currency."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="auction"
    )
    timing = models.CharField(_("when"), max_length=5, choices=Timing, default=Timing.AFTER)
    subject = models.CharField(_("what is bid on"), max_length=5, choices=Subject, default=Subject.TOTAL)
    form = models.CharField(_("how"), max_length=6, choices=Form, default=Form.OPEN)
    pause_minutes = models.PositiveSmallIntegerField(default=30, help_text="between deadline and start")
    duration_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    soft_minutes = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    most_extensions = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(100)])
    step_kind = models.CharField(max_length=7, choices=StepKind, default=StepKind.PERCENT)
    step_amount = PriceField(null=True, blank=True)
    step_percent = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal("0.50"))
    start_amount = PriceField(null=True, blank=True, help_text="of the whole; lines start at their ceilings")
    reserve_sealed = models.CharField(max_length=255, blank=True, default="", help_text="for the buyer alone")
    rounds = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    turn_minutes = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    state = models.CharField(max_length=7, choices=AuctionState, default=AuctionState.PLANNED)
    void_reason = models.CharField(max_length=12, blank=True, default="")
    starts_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True,
        help_text="when somebody last looked after it while it ran: a gap means that the row was down",
    )
    seq = models.PositiveIntegerField(default=0, help_text="number of the last event")
    head = models.CharField(max_length=64, blank=True, default="", help_text="hash of the last event")

    class Meta:
        indexes = [
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["planned", "running", "paused"]),
                name="auctions_undecided",
            )
        ]

    def __str__(self) -> str:
        return f"auction of {self.request_id}"

    @property
    def soft(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.soft_minutes)

    @property
    def turn(self) -> dt.timedelta:
        return dt.timedelta(minutes=self.turn_minutes)

    @property
    def is_live(self) -> bool:
        return self.state in {AuctionState.RUNNING, AuctionState.PAUSED}


class AuctionLot(models.Model):
    """What is bid on: the whole request (`line` null, amounts are delivered totals) or a line (prices per unit)."""

    auction = models.ForeignKey(Auction, on_delete=models.CASCADE, related_name="lots")
    line = models.ForeignKey(
        "buyer_requests.RequestLine", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    number = models.PositiveIntegerField()
    start_amount = PriceField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, help_text="when it closes; in rounds: when the turn ends")
    left_seconds = models.FloatField(null=True, help_text="until then, while it is paused")
    extensions = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=0)
    order = models.JSONField(default=list, help_text="numbers of the bidders, in the order of the round")
    turn = models.SmallIntegerField(default=-1, help_text="whose turn it is in `order`; -1: before the first")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["auction", "number"], name="auctions_lot_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(closed_at__isnull=True), name="auctions_lots_that_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.auction_id}/{self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def unit(self) -> int:
        """Amounts are multiples of it: totals of minor units, prices per unit of 1/10,000."""
        return 100 if self.line_id is None else 1


class AuctionBidder(models.Model):
    """A vendor in an auction, known to all others by its number."""

    auction = models.ForeignKey(Auction, on_delete=models.CASCADE, related_name="bidders")
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, related_name="+")
    bid = models.ForeignKey("buyer_requests.Bid", on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["auction", "vendor"], name="auctions_bidder_once"),
            models.UniqueConstraint(fields=["auction", "slot"], name="auctions_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.auction_id} #{self.slot}"


class AuctionStanding(models.Model):
    """A bidder's price of a lot: what the log comes to. The floor is sealed and opened by the row alone."""

    lot = models.ForeignKey(AuctionLot, on_delete=models.CASCADE, related_name="standings")
    slot = models.PositiveIntegerField()
    amount = PriceField()
    seq = models.PositiveIntegerField(help_text="the event that put the amount in force")
    opening_amount = PriceField()
    least_amount = PriceField(default=1, help_text="less cannot be spread over the bid's lines")
    floor_sealed = models.CharField(max_length=255, blank=True, default="")
    floor_seq = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "slot"], name="auctions_standing_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="auctions_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} #{self.slot}: {self.amount}"


class AuctionEvent(models.Model):
    """One line of the log: number, time by the database's clock, and the hash of itself and its forerunner.

    `code` says why a move was refused; `cause` is the move that an automatic one answers; `data` is the lot after it.
    """

    auction = models.ForeignKey(Auction, on_delete=models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    lot = models.PositiveIntegerField(default=0, help_text="number of the lot; 0: all of them")
    kind = models.CharField(max_length=7, choices=EventKind)
    slot = models.PositiveIntegerField(null=True)
    amount = PriceField(null=True)
    at = models.DateTimeField()
    code = models.CharField(max_length=16, blank=True, default="")
    cause = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    key = models.CharField(max_length=64, null=True, blank=True, help_text="the sender's, against doubles")
    data = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["auction", "seq"], name="auctions_event_once"),
            models.UniqueConstraint(fields=["auction", "slot", "key"], name="auctions_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.auction_id} {self.seq} {self.kind}"
