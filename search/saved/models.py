"""Saved searches with what each has found, and price watches. What to make of them is decided in this package."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer, Product
from core.money import CurrencyField, PriceField
from search.saved.enums import Drop, Told, WatchEvent, WatchState


class SavedSearch(models.Model):
    """A question that a person wants asked of all new offers. `query` is what `search.saved.queries.pack` makes.

    `ready_at` is when all that it finds was written down as known: before that it tells nothing. A search that finds too
    much for that has `known_until` instead: offers that were made until then are known to it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(_("name"), max_length=120)
    query = models.JSONField()
    url = models.CharField(max_length=2000, help_text="of the page it was saved on, without a language")
    state = models.CharField(max_length=8, choices=WatchState, default=WatchState.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    known_until = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(help_text="what was found later is new to its owner")
    due_at = models.DateTimeField(null=True, blank=True, help_text="of the next message, if there is news")
    told_at = models.DateTimeField(null=True, blank=True)
    messages = models.PositiveIntegerField(
        default=0, help_text="so many were sent; part of the next one's key"
    )
    analysis = models.CharField(max_length=32, default="", help_text="by which rules its keys were made")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="search_saved_of_person"),
            models.Index(
                fields=["due_at"], name="search_saved_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"


class SearchKey(models.Model):
    """What an offer has one of if a saved search may find it: the terms of one required word, or a category and so on.

    By these the few searches that a changed offer can meet are found among all.
    """

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="keys", db_index=False)
    key = models.CharField(max_length=130)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "key"], name="search_key_once")]
        indexes = [models.Index(fields=["key"], name="search_key")]

    def __str__(self) -> str:
        return f"{self.search_id}: {self.key}"


class SavedMatch(models.Model):
    """An offer that a saved search finds or found. It is told of once: what leaves and comes back soon is no news."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="matches", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    group_id = models.BigIntegerField(help_text="of the good, see catalog.groups")
    told = models.PositiveSmallIntegerField(choices=Told, default=Told.KNOWN)
    found_at = models.DateTimeField(help_text="when it became news")
    told_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="found no more since then")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "offer"], name="search_match_once")]
        indexes = [
            models.Index(fields=["offer"], name="search_match_offer"),
            models.Index(fields=["group_id"], name="search_match_group"),
        ]

    def __str__(self) -> str:
        return f"{self.search_id}: {self.offer_id}"


class PriceWatch(models.Model):
    """A good whose price a person waits to fall: all offers of `offer`'s good, or with `only_offer` that one alone.

    `base_amount` of `base_currency` is the price that was told last, at the rates of that day: prices are compared at
    those, so that a rate alone makes nothing cheaper. See `search.saved.judging`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="price_watches")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    group_id = models.BigIntegerField(help_text="of the good when last looked at, see catalog.groups")
    only_offer = models.BooleanField(default=False)
    drop_percent = models.PositiveSmallIntegerField(_("tell me of"), choices=Drop, default=Drop.FIVE)
    target_amount = PriceField(_("only at or below"), null=True, blank=True)
    in_stock_only = models.BooleanField(_("only what is in stock"), default=False)
    tells_back = models.BooleanField(_("tell me when it is on sale again"), default=True)
    state = models.CharField(max_length=8, choices=WatchState, default=WatchState.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    base_amount = PriceField(null=True, blank=True)
    base_currency = CurrencyField(default="UAH", blank=True)
    base_rates = models.JSONField(
        default=dict, help_text="{currency: 1/1,000,000 of the row's} when it was told"
    )
    seen_amount = PriceField(null=True, blank=True, help_text="the best price at the last look")
    seen_currency = CurrencyField(default="UAH", blank=True)
    above_since = models.DateTimeField(
        null=True, blank=True, help_text="dearer than what was told since then"
    )
    away_since = models.DateTimeField(null=True, blank=True, help_text="nothing to buy since then")
    is_armed = models.BooleanField(
        default=True, help_text="the wished price was not reached since it was set"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True, help_text="when it was told that it is back")
    last_event = models.CharField(max_length=8, choices=WatchEvent, default=WatchEvent.NONE, blank=True)
    messages = models.PositiveIntegerField(
        default=0, help_text="so many were sent; part of the next one's key"
    )
    revision = models.PositiveIntegerField(
        default=0, help_text="raised by each change of an offer of the good"
    )
    check_at = models.DateTimeField(null=True, blank=True, help_text="when its price is looked at next")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "offer"], name="search_watch_once")]
        indexes = [
            models.Index(fields=["offer"], name="search_watch_offer"),
            models.Index(fields=["group_id"], name="search_watch_group"),
            models.Index(
                fields=["product"],
                name="search_watch_product",
                condition=models.Q(product__isnull=False),
            ),
            models.Index(
                fields=["check_at"], name="search_watch_due", condition=models.Q(check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.offer_id}"

    def title_in(self, language: str) -> str:
        """Of the good; what an operator hid is not named."""
        if self.product and not self.only_offer:
            return self.product.title
        return gettext("Not on sale now") if self.offer.hidden_at else self.offer.title_in(language)
