"""What is kept beside a category: counts and plans, its revisions and old addresses; and what was done to the tree."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.tree.enums import OperationKind, OperationState, RevisionState


class CategoryState(models.Model):
    """What changes more often than the category itself. A category without a row has none of it.

    `ru_from` and `en_from` are the Ukrainian name that the translation was made of: another one makes it stale.
    """

    category = models.OneToOneField(
        "catalog.Category", on_delete=models.CASCADE, primary_key=True, related_name="tree_state"
    )
    own_offers = models.PositiveIntegerField(default=0, help_text="on sale, when last counted")
    all_offers = models.PositiveIntegerField(default=0, help_text="with those below")
    ru_from = models.CharField(max_length=120, blank=True, default="")
    en_from = models.CharField(max_length=120, blank=True, default="")
    show_at = models.DateTimeField(null=True, blank=True)
    hide_at = models.DateTimeField(null=True, blank=True)
    first_shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["show_at"], name="catalog_tree_show", condition=models.Q(show_at__isnull=False)
            ),
            models.Index(
                fields=["hide_at"], name="catalog_tree_hide", condition=models.Q(hide_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.own_offers}/{self.all_offers}"


class CategoryRevision(models.Model):
    """One writing of a category's own fields (see `revisions.FIELDS`): published, or on its way there."""

    category = models.ForeignKey(
        "catalog.Category", on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=RevisionState)
    shows = models.BooleanField(default=False, help_text="publishing it also shows the category")
    actor = models.CharField(max_length=60)
    reason = models.TextField(_("reason"), blank=True, default="")
    created_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["category", "-id"], name="catalog_revision_of"),
            models.Index(
                fields=["state", "publish_at"],
                name="catalog_revision_open",
                condition=models.Q(state__in=["waiting", "scheduled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} #{self.pk} {self.state}"


class CategoryAddress(models.Model):
    """An address that a category had: it leads to where the category is now, for ever."""

    slug = models.SlugField(unique=True, max_length=80)
    category = models.ForeignKey("catalog.Category", on_delete=models.CASCADE, related_name="old_addresses")

    def __str__(self) -> str:
        return self.slug


class TreeOperation(models.Model):
    """What was done to the tree, by whom and why, with what it takes to undo it."""

    kind = models.CharField(max_length=10, choices=OperationKind)
    state = models.CharField(max_length=10, choices=OperationState, default=OperationState.WAITING)
    source_id = models.BigIntegerField(null=True, help_text="the category it was done to")
    target_id = models.BigIntegerField(null=True)
    source_name = models.CharField(max_length=120, blank=True, default="")
    target_name = models.CharField(max_length=120, blank=True, default="")
    actor = models.CharField(max_length=60)
    reason = models.TextField(blank=True, default="")
    plan = models.JSONField(default=dict, help_text="what was asked for")
    before = models.JSONField(default=dict, help_text="what was there, for undoing")
    result = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0, help_text="offers up to this one are looked at")
    moved = models.PositiveIntegerField(default=0, help_text="offers")
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["source_id"], name="catalog_operation_source"),
            models.Index(fields=["undo_until"], name="catalog_operation_undo"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_name} {self.state}"


class MovedOffers(models.Model):
    """Offers that an operation moved together: some hundred ids in a row."""

    operation = models.ForeignKey(
        TreeOperation, on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    number = models.PositiveIntegerField()
    from_category = models.BigIntegerField()
    to_category = models.BigIntegerField()
    offers = models.JSONField()
    edited = models.JSONField(default=list, help_text="of these a person had said that they belong there")
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="catalog_moved_offers_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}/{self.number}: {len(self.offers)}"


class TaxonomyFile(models.Model):
    """A tree of somebody else's that was uploaded, read and not yet (or already) taken over."""

    name = models.CharField(max_length=255)
    scheme = models.CharField(max_length=40)
    nodes = models.JSONField(help_text="[[code, parent's code or '', {language: name}]], parents first")
    actor = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CategoryCode(models.Model):
    """What a taxonomy calls a category. `operation`: the import that made the category."""

    category = models.ForeignKey("catalog.Category", on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    operation = models.ForeignKey(TreeOperation, on_delete=models.SET_NULL, null=True, related_name="codes")
    made = models.BooleanField(default=False, help_text="the category was made by the import")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="catalog_category_code_once")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"
