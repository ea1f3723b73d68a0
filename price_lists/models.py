"""Where offers come from: sources, the files that vendors gave, the runs that read them, and row by row results."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, Offer, Supply
from core.money import CurrencyField, PriceField
from price_lists.enums import Change, RunState, SourceKind
from price_lists.joining.models import GtinConflict, OfferJoin, OfferKey, OfferPair, WordStatistics
from price_lists.remembering.models import CommonWord, WordVote
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.models import Feed, Fetch, PartialValue, SharedValue, UploadKey
from price_lists.title_rules.models import TitleRemark, TitleRule
from vendors.models import Vendor

__all__ = [
    "CategoryLink",
    "CommonWord",
    "Feed",
    "Fetch",
    "GtinConflict",
    "ImportRun",
    "KnownRows",
    "OfferJoin",
    "OfferKey",
    "OfferPair",
    "OfferSuggestion",
    "PartialValue",
    "PriceList",
    "RowProblem",
    "SharedValue",
    "Source",
    "SourceItem",
    "StagedRow",
    "TitleRemark",
    "TitleRule",
    "UploadKey",
    "WordStatistics",
    "WordVote",
]


class Source(models.Model):
    """A price list as a series: one file that the vendor brings again and again. Remembers its mapping."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="price_sources")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=10, choices=SourceKind, default=SourceKind.UPLOAD)
    role = models.CharField(_("what it tells"), max_length=10, choices=Role, default=Role.FULL)
    precedence = models.PositiveSmallIntegerField(
        _("where sources disagree"), choices=Precedence, default=Precedence.NORMAL
    )
    target = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="a partial source: whose goods it tells about; null: all of the vendor's",
    )
    currency = CurrencyField(_("currency"), blank=True, default="")
    mapping = models.JSONField(null=True, blank=True, help_text="confirmed by the vendor (Mapping.to_json)")
    layout = models.CharField(max_length=64, blank=True, default="", help_text="signature of that layout")
    fingerprint = models.CharField(
        max_length=32, blank=True, default="", help_text="of mapping and rules behind the items' raw hashes"
    )
    numbering = models.JSONField(
        default=dict,
        help_text="{another full source's id: whether both mean the same goods by their numbers; null: not known yet}",
    )
    supply = models.OneToOneField(Supply, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("price list source")
        verbose_name_plural = _("price list sources")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["vendor", "name"], name="price_lists_source_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def typed_id(self) -> str:
        return f"price_source:{self.pk}"

    @property
    def is_partial(self) -> bool:
        """Whether it only tells prices or stock of goods that other sources bring."""
        return self.role != Role.FULL


def private_storage() -> FileSystemStorage:
    """Outside the media folder: no URL leads there."""
    return FileSystemStorage(location=settings.PRIVATE_ROOT, base_url=None)


def stored_path(instance: PriceList, _filename: str) -> str:
    """The vendor's file name never reaches the file system."""
    return f"price_lists/{instance.source.vendor_id}/{uuid.uuid4().hex}"


class PriceList(models.Model):
    """One version: the file's bytes as they came."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="price_lists")
    file = models.FileField(upload_to=stored_path, storage=private_storage)
    original_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "sha256"], name="price_lists_same_file")]

    def __str__(self) -> str:
        return self.original_name


class ImportRun(models.Model):
    """One reading of a price list, from upload to applied, with everything needed to resume it."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="import_runs")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.UPLOADED)
    job = models.UUIDField(null=True, blank=True, help_text="core.Job that does the present step")
    inspection = models.JSONField(null=True, help_text="what the file looks like: format, guesses, samples")
    mapping = models.JSONField(null=True)
    counts = models.JSONField(default=dict, help_text="new, changed, unchanged, withdrawn, errors, held …")
    guard = models.JSONField(default=list, help_text="why the guard asks: [{code, …}]")
    staged_rows = models.PositiveBigIntegerField(default=0, help_text="checkpoint of reading")
    applied_id = models.PositiveBigIntegerField(default=0, help_text="checkpoint of applying: StagedRow.pk")
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.TextField(blank=True, default="")
    auto_apply = models.BooleanField(
        default=False, help_text="apply without asking what the guard lets through"
    )
    only_check = models.BooleanField(
        default=False, help_text="shows what it would change and changes nothing"
    )
    restores = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="the run whose file it reads again, which may be gone by now"
    )
    read_as = models.JSONField(
        default=dict, help_text="the rules' version and the terms that its rows were read with"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="price_lists_run_of_vendor"),
            models.Index(
                fields=["created_at", "id"], name="price_lists_runs_held", condition=models.Q(state="held")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source}, {self.get_state_display()}"

    @property
    def can_be_read(self) -> bool:
        """Whether it is settled what its columns mean, so that reports and comparisons can read the file."""
        return bool((self.mapping or {}).get("tables")) and self.state != RunState.MAPPING


class SourceItem(models.Model):
    """What a source's next file is compared against: one row per key, the hash of the row as last applied."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items", db_index=False)
    key = models.CharField(max_length=255)
    raw_hash = models.BinaryField(max_length=16, help_text="of the raw row with its category context")
    price_hash = models.BinaryField(max_length=16)
    stock_hash = models.BinaryField(max_length=16)
    text_hash = models.BinaryField(max_length=16)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="source_items", db_index=False)
    link = models.ForeignKey(
        "CategoryLink", on_delete=models.SET_NULL, null=True, blank=True, related_name="items"
    )
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="price_lists_item_key")]
        # With `withdrawn` it answers by itself which rows of a file are known.
        indexes = [models.Index(fields=["source", "raw_hash", "withdrawn"], name="price_lists_item_known")]

    def __str__(self) -> str:
        return self.key


class StagedRow(models.Model):
    """A row of a run between reading and applying. Goes when the run has been applied."""

    # No index of its own here and below where one of several columns begins with the same one.
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="staged", db_index=False)
    row = models.PositiveIntegerField()
    sheet = models.CharField(max_length=80, blank=True, default="")
    key = models.CharField(max_length=255)
    raw_hash = models.BinaryField(max_length=16)
    price_hash = models.BinaryField(max_length=16, null=True)
    stock_hash = models.BinaryField(max_length=16, null=True)
    text_hash = models.BinaryField(max_length=16, null=True)
    price_amount = PriceField(null=True)
    price_currency = CurrencyField(default="", blank=True)
    data = models.JSONField(null=True, help_text="an OfferDraft; null where the raw row is unchanged")
    link_id = models.BigIntegerField(null=True, help_text="CategoryLink of the vendor's path")
    change = models.CharField(max_length=10, choices=Change, blank=True, default="")
    kinds = models.PositiveSmallIntegerField(default=0, help_text="what changed: Kind bits")
    offer_id = models.BigIntegerField(null=True, help_text="the offer of the item with this key")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="price_lists_staged_key")]
        indexes = [models.Index(fields=["run", "change", "id"], name="price_lists_staged_change")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row} {self.key}"


class KnownRows(models.Model):
    """Rows of one batch and sheet that say what they said last time: they are not staged. Goes with the staged rows."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="known")
    sheet = models.CharField(max_length=80, blank=True, default="")
    items = models.BinaryField(help_text="ids of the source's items, 8 bytes each")
    rows = models.BinaryField(help_text="the rows' numbers, 4 bytes each")

    def __str__(self) -> str:
        return f"{self.run_id}: {len(self.rows) // 4} rows"


class RowProblem(models.Model):
    """What was wrong with a row of a run: kept with the run for its reports."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems", db_index=False)
    row = models.PositiveIntegerField()
    sheet = models.CharField(max_length=80, blank=True, default="")
    column = models.CharField(max_length=120, blank=True, default="")
    value = models.CharField(max_length=500, blank=True, default="")
    code = models.CharField(max_length=60)
    message = models.TextField()
    severity = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["run", "severity", "row"], name="price_lists_problems")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row} {self.code}"


class CategoryLink(models.Model):
    """Where a vendor's own category goes in the row's tree: suggested, then confirmed by a person."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="category_links")
    path = models.CharField(max_length=500, help_text="the vendor's path, joined by ' / '")
    path_hash = models.BinaryField(max_length=16)
    titles = models.JSONField(default=list, help_text="some goods under the path, for suggesting")
    category = models.ForeignKey(
        Category, on_delete=models.SET_NULL, null=True, blank=True, related_name="vendor_links"
    )
    confidence = models.FloatField(default=0)
    by_goods = models.BooleanField(
        default=False,
        db_default=False,
        help_text="goods of several categories stand under it: each is suggested one by its title",
    )
    waiting = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="offers on sale under it that are in no category, when last counted",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "path_hash"], name="price_lists_category_link_once")
        ]
        indexes = [
            models.Index(
                fields=["-waiting", "id"],
                name="price_lists_links_waiting",
                condition=models.Q(confirmed_at__isnull=True, waiting__gt=0),
            ),
            # One path of several vendors is asked about once.
            models.Index(
                fields=["path_hash", "id"],
                name="price_lists_links_by_path",
                condition=models.Q(confirmed_at__isnull=True, waiting__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} → {self.category_id}"


class OfferSuggestion(models.Model):
    """Where a good under a mixed category of its vendor's belongs, by its title."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="category_suggestion")
    link = models.ForeignKey(CategoryLink, on_delete=models.CASCADE, related_name="suggestions")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    confidence = models.FloatField()
    version = models.PositiveBigIntegerField(help_text="of the model that said so; 0: the tree's names")

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.category_id}"
