"""What is on sale: the category tree, offers with prices and stock, and where each offer comes from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from catalog.attributes.models import Attribute, AttributeChoice, AttributeRules, CategoryAttribute
from catalog.bulk_edit.models import BulkEdit, BulkRow
from catalog.coverage.models import Coverage, CoverageDay, CoverageMark, FilterUse
from catalog.enums import TOLD_PRICES, Availability, EditRank, PriceKind
from catalog.flags.models import FlagCase, OfferFlag
from catalog.groups import group_number
from catalog.offer_queries import OfferQuerySet
from catalog.photos.models import Photo, PhotoHost, RemovedPhoto
from catalog.purchase_prices import is_purchase_label
from catalog.tree.models import (
    CategoryAddress,
    CategoryCode,
    CategoryRevision,
    CategoryState,
    MovedOffers,
    TaxonomyFile,
    TreeOperation,
)
from core.money import CurrencyField, Money, PriceField
from vendors.enums import Participation, VatStatus
from vendors.models import PickupPoint, Vendor

__all__ = [
    "Attribute",
    "AttributeChoice",
    "AttributeRules",
    "BulkEdit",
    "BulkRow",
    "Category",
    "CategoryAddress",
    "CategoryAttribute",
    "CategoryCode",
    "CategoryRevision",
    "CategoryState",
    "Coverage",
    "CoverageDay",
    "CoverageMark",
    "FilterUse",
    "FlagCase",
    "MovedOffers",
    "Offer",
    "OfferEdit",
    "OfferFlag",
    "OfferPrice",
    "OfferQuerySet",
    "OutboundClick",
    "Photo",
    "PhotoHost",
    "PriceChange",
    "Product",
    "RemovedPhoto",
    "StockLevel",
    "Supply",
    "TaxonomyFile",
    "TreeOperation",
]


class Category(MP_Node):
    """A node of the row's own tree. `name` is translated (name_uk, name_ru, name_en)."""

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=120)
    icon = models.CharField(_("placeholder"), max_length=40, blank=True, default="")
    is_active = models.BooleanField(_("shown"), default=True)
    fresh_days = models.PositiveSmallIntegerField(
        _("days until offers expire"), null=True, blank=True, help_text="null: as above in the tree"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    steplen = 4
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"  # order must agree with the database's, so one case

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        permissions = [("publish_category", "Can publish categories and change the tree")]

    def __str__(self) -> str:
        return self.name


class Supply(models.Model):
    """Freshness of all offers of one source in one row: an unchanged file touches no offer.

    `source` is the typed id of what feeds the offers ("price_source:3", "form").
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="supplies")
    source = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField(help_text="when the vendor last said that these offers hold")
    expired_days = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="the matcher was told that offers with so many days or fewer are past them",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "source"], name="catalog_supply_once")]
        indexes = [models.Index(fields=["confirmed_at"], name="catalog_supply_age")]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.source}"


class Product(models.Model):
    """One real-world good that offers of several vendors are of. Its words are taken from its offers.

    Exists while at least two offers are of it; why each of them is, the room that joined them knows.
    """

    title = models.CharField(_("title"), max_length=500)
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    mpn = models.CharField(_("maker's part number"), max_length=120, blank=True, default="")
    gtin = models.CharField(
        _("barcode (GTIN)"), max_length=14, null=True, blank=True, unique=True, help_text="14 figures"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("good")
        verbose_name_plural = _("goods")

    def __str__(self) -> str:
        return self.title


class Offer(models.Model):
    """One good of one vendor, with effective values (people's edits already applied). Never deleted.

    `price_amount` is the retail price of one `unit` of `pack_count` pieces, in 1/10,000 of `price_currency`.
    """

    # Foreign keys with db_index=False lead a wider index below, or nobody asks by them: an index more would only
    # slow imports down.
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="offers", db_index=False)
    supply = models.ForeignKey(Supply, on_delete=models.PROTECT, related_name="offers", db_index=False)
    category = models.ForeignKey(
        Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers", db_index=False
    )
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers", db_index=False
    )
    stands_alone = models.BooleanField(
        default=False, db_default=False, help_text="its barcode does not say which good it is"
    )
    title = models.CharField(_("title"), max_length=500)
    texts = models.JSONField(default=dict, help_text="{language: {title, description}}, '' = not told")
    search_text = models.TextField(default="", help_text="analysed words, for search without an engine")
    collation_key = models.CharField(max_length=255, default="", help_text="Ukrainian alphabetical order")
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    maker = models.CharField(_("maker"), max_length=160, blank=True, default="")
    country = models.CharField(_("country of origin"), max_length=80, blank=True, default="")
    article = models.CharField(_("article"), max_length=120, blank=True, default="")
    mpn = models.CharField(_("maker's part number"), max_length=120, blank=True, default="")
    gtin = models.CharField(_("barcode (GTIN)"), max_length=14, blank=True, default="")
    url = models.CharField(_("link"), max_length=1000, blank=True, default="")
    photos = models.JSONField(default=list)
    videos = models.JSONField(default=list)
    attributes = models.JSONField(default=dict, help_text="{name: value} as the vendor gives them")
    facts = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="{code of an attribute: value} as people set them; null: nothing is to be told",
    )
    unit = models.CharField(_("unit"), max_length=3, default="H87", help_text="UN/ECE code")
    pack_count = models.PositiveIntegerField(_("pieces in a unit"), default=1)
    price_amount = PriceField(_("price"))
    price_currency = CurrencyField(_("currency"))
    old_price_amount = PriceField(_("old price"), null=True, blank=True)
    vat = models.CharField(_("VAT"), max_length=10, choices=VatStatus, default=VatStatus.INCLUDED)
    vat_percent = models.PositiveSmallIntegerField(_("VAT rate, %"), default=20)
    availability = models.CharField(
        _("availability"), max_length=10, choices=Availability, default=Availability.UNKNOWN
    )
    participation = models.CharField(max_length=10, choices=Participation, blank=True, default="")
    version = models.PositiveBigIntegerField(default=1, help_text="of the search document")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=255, blank=True, default="")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_amount__gte=0), name="catalog_price_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(pack_count__gte=1), name="catalog_pack_at_least_one"),
        ]
        indexes = [
            models.Index(fields=["vendor", "id"], name="catalog_offer_vendor"),
            models.Index(fields=["category", "id"], name="catalog_offer_category"),
            models.Index(fields=["gtin"], name="catalog_offer_gtin", condition=~models.Q(gtin="")),
            # Partial: an import's new offers are of no product yet and cost it nothing.
            models.Index(
                fields=["product"], name="catalog_offer_product", condition=models.Q(product__isnull=False)
            ),
            # What operators look through: few, and no import writes them.
            models.Index(
                fields=["id"], name="catalog_offer_hidden", condition=models.Q(hidden_at__isnull=False)
            ),
            # Counts of what is on sale come from the index alone.
            models.Index(
                fields=["vendor", "category"],
                name="catalog_offer_on_sale",
                condition=models.Q(withdrawn_at__isnull=True, hidden_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money.from_price(self.price_amount, self.price_currency)

    @property
    def old_price(self) -> Money | None:
        """What the vendor says it cost before, if that was more."""
        if not self.old_price_amount or self.old_price_amount <= self.price_amount:
            return None
        return Money.from_price(self.old_price_amount, self.price_currency)

    def title_in(self, language: str) -> str:
        """The title in a language where the vendor gives one, else the title."""
        text = self.texts.get(language, {})
        return (text.get("title") if isinstance(text, dict) else "") or self.title

    @property
    def group_id(self) -> int:
        """Offers of one real-world good share it."""
        return group_number(self.pk, self.gtin, self.product_id, stands_alone=self.stands_alone)


class OfferPrice(models.Model):
    """A further price of an offer: another kind, another quantity or another currency."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="prices", db_index=False)
    kind = models.CharField(max_length=10, choices=PriceKind, default=PriceKind.OTHER)
    label = models.CharField(max_length=80, blank=True, default="")
    amount = PriceField()
    currency = CurrencyField()
    min_quantity = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["min_quantity", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "kind", "label", "currency", "min_quantity"], name="catalog_offer_price_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind} {self.amount} {self.currency} ≥{self.min_quantity}"

    @property
    def is_purchase(self) -> bool:
        """What the good cost its vendor: for the vendor's own rules, never shown and never a price to buy at."""
        return is_purchase_label(self.label)

    @property
    def name(self) -> str:
        """What a buyer reads: the vendor's own heading, or the words for a kind that readers tell by a code."""
        if self.label:
            return str(TOLD_PRICES.get(self.label, self.label))
        return str(self.get_kind_display()).capitalize()

    @property
    def price(self) -> Money:
        return Money.from_price(self.amount, self.currency)


class StockLevel(models.Model):
    """How many there are, at a pickup point or overall. Apart from Offer: it changes far more often."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="stock_levels", db_index=False)
    point = models.ForeignKey(
        PickupPoint, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=Availability, default=Availability.UNKNOWN)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    order_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        # Two constraints: NULLs are distinct in a unique index, and SQLite cannot say otherwise.
        constraints = [
            models.UniqueConstraint(fields=["offer", "point"], name="catalog_stock_once_a_point"),
            models.UniqueConstraint(
                fields=["offer"], condition=models.Q(point__isnull=True), name="catalog_stock_once_overall"
            ),
        ]
        indexes = [
            models.Index(
                fields=["point"], condition=models.Q(point__isnull=False), name="catalog_stock_of_point"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.state} {self.quantity}"


class OfferEdit(models.Model):
    """A person's word about one field of an offer: no import reverts it."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="edits", db_index=False)
    field = models.CharField(max_length=60)
    value = models.JSONField()
    rank = models.PositiveSmallIntegerField(choices=EditRank)
    actor = models.CharField(max_length=60, help_text="typed id of the person")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "field", "rank"], name="catalog_edit_once")]
        indexes = [models.Index(fields=["field", "offer"], name="catalog_edit_field")]

    def __str__(self) -> str:
        return f"{self.offer_id}.{self.field}"


class PriceChange(models.Model):
    """Price history: one row for each change, the first price included."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="price_changes", db_index=False)
    amount = PriceField()
    currency = CurrencyField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["offer", "changed_at"], name="catalog_price_history")]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.amount} {self.currency} {self.changed_at:%Y-%m-%d}"


class OutboundClick(models.Model):
    """A buyer sent to a listing vendor's site, counted once a session and offer."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+", db_index=False)
    session_hash = models.CharField(
        max_length=64, help_text="of the day alone; made meaningless once it is over"
    )
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "session_hash", "day"], name="catalog_click_once")
        ]
        indexes = [
            models.Index(fields=["vendor", "day"], name="catalog_clicks_of_vendor"),
            models.Index(fields=["day"], name="catalog_clicks_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.day}"
