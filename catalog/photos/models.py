"""Addresses of photos with what became of each, and the hosts that they are on."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from catalog.photos.enums import PhotoState
from vendors.models import Vendor


class PhotoHost(models.Model):
    """A host that photos of one vendor are fetched from, and how it answers. What one vendor's addresses make it answer
    says nothing about those of another.
    """

    name = models.CharField(max_length=255, help_text="with its port where that is not the usual one")
    vendor = models.ForeignKey(Vendor, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField(
        null=True, default=timezone.now, help_text="the host that was asked longest ago comes first"
    )
    wait_until = models.DateTimeField(null=True, help_text="it is not asked before")
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row, of the host itself")
    leased_until = models.DateTimeField(null=True, help_text="a worker is at it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "name"], name="catalog_photohost_of_vendor"),
        ]

    def __str__(self) -> str:
        return self.name


class Photo(models.Model):
    """One address, however many offers name it. Files belong to its content, which several addresses may share."""

    key = models.UUIDField(unique=True, help_text="from the address: addresses.key_of")
    address = models.TextField()
    # The first that named it; who is asked about it, and whose desk shows it. Others may name it, too: it stays when
    # that vendor goes, until somebody in sight names it or nobody does.
    vendor = models.ForeignKey(Vendor, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    supply = models.ForeignKey(
        "catalog.Supply", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    host = models.ForeignKey(PhotoHost, on_delete=models.PROTECT, related_name="photos", db_index=False)
    rank = models.PositiveSmallIntegerField(
        default=0, help_text="0: an offer's first, 1: a further one, 2 and 3: the same, asked again"
    )
    state = models.CharField(max_length=8, choices=PhotoState, default=PhotoState.WAITING)
    content = models.CharField(
        max_length=32, default="", help_text="hash of its bytes: begins its files' names"
    )
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sizes = models.CharField(max_length=40, default="", help_text="sides of its files: 160,320,640")
    size = models.PositiveIntegerField(default=0, help_text="bytes that came")
    stored = models.PositiveIntegerField(
        default=0, db_default=0, help_text="bytes of its files; 0: not measured yet"
    )
    etag = models.CharField(max_length=250, default="")
    last_modified = models.CharField(max_length=60, default="")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="in vain, in a row")
    next_at = models.DateTimeField(null=True, help_text="stands in the queue since then, or from then on")
    check_at = models.DateTimeField(null=True, help_text="goes into the queue again after that")
    fetched_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, default="")
    unused_since = models.DateTimeField(null=True, help_text="no offer on sale names it")

    class Meta:
        indexes = [
            models.Index(
                fields=["host", "attempts", "rank", "next_at"],
                name="catalog_photo_queued",
                condition=models.Q(next_at__isnull=False),
            ),
            models.Index(fields=["vendor", "state"], name="catalog_photo_vendor"),
            models.Index(fields=["content"], name="catalog_photo_content", condition=~models.Q(content="")),
        ]

    def __str__(self) -> str:
        return self.address


class RemovedPhoto(models.Model):
    """A picture that operators took away: the same bytes are never shown again, whoever names them."""

    content = models.CharField(max_length=32, unique=True, help_text="hash of its bytes")
    address = models.TextField(help_text="where it came from")
    reason = models.CharField(max_length=255)
    removed_at = models.DateTimeField(default=timezone.now)
    removed_by = models.CharField(max_length=40, help_text="user:7")

    def __str__(self) -> str:
        return self.address
