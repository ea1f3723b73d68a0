"""Taking a vendor's file in: its bytes are kept privately, the same file twice is one import."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.services.offers import open_supply
from core.errors import Conflict, NotFound
from core.jobs.services import request_cancel
from core.models import Job
from price_lists import reading
from price_lists.enums import RunState
from price_lists.errors import Refusal, RunNotPossible, TooBig, UnreadableFile
from price_lists.models import ImportRun, PriceList, Source, SourceItem
from price_lists.rows import OfferRow
from price_lists.title_rules.selectors import current_rules
from vendors.locks import lock_vendor
from vendors.models import Vendor

if TYPE_CHECKING:
    from accounts.models import User

#: Runs that are over without having changed anything: their file may be sent again.
_REPEATABLE = (RunState.FAILED, RunState.CANCELLED)
OVER = (RunState.APPLIED, RunState.FAILED, RunState.CANCELLED)
#: The share of a new file's first goods by which it is taken for the next issue of a known list.
SAME_GOODS = 0.3
LOOKED_THROUGH = 500
#: Of one vendor.
MAX_SOURCES = 50
_SEPARATORS = re.compile(r"[/\\]")


def open_source(*, vendor: Vendor, name: str, currency: str = "") -> Source:
    """The vendor's series of price lists of that name; made when first asked for. Raises Conflict where there are as many
    as one vendor may have.
    """
    name = _plain_name(name)[:120] or "price list"
    found = Source.objects.filter(vendor=vendor, name=name).first()
    if found is not None:
        return found
    supply_key = new_supply_key()
    try:
        with transaction.atomic():
            lock_vendor(vendor.pk)  # two at once would each see room for the last one
            # One of that name that came meanwhile is found below.
            if Source.objects.filter(vendor=vendor).exclude(name=name).count() >= MAX_SOURCES:
                raise Conflict(
                    "too_many_sources",
                    _("You have %(number)s sources, and no more are possible; change one of them instead."),
                    number=MAX_SOURCES,
                )
            supply = open_supply(vendor=vendor, source=supply_key)
            return Source.objects.create(vendor=vendor, name=name, currency=currency, supply=supply)
    except IntegrityError:
        found = Source.objects.filter(vendor=vendor, name=name).first()
        if found is None:
            raise
        return found  # another upload of that name was quicker


def new_supply_key() -> str:
    """By chance: a source's id is not known before it exists, and its name may be another source's later."""
    return f"price_source:{uuid.uuid4().hex}"


def receive_upload(
    *,
    vendor: Vendor,
    file: File[bytes],
    source: Source | None = None,
    original_name: str = "",
    user: User | None = None,
    auto_apply: bool = False,
    only_check: bool = False,
) -> tuple[ImportRun, bool]:
    """Keeps the file's bytes and opens an import of them; returns it and whether it is new.

    Without a `source` it is the one of the file's name, or the one with the same goods. The same bytes again give the import
    that they gave first, unless that one failed or was cancelled, or a newer file has been applied since.
    With `only_check` it is a new one that shows what it would change and changes nothing.
    Raises TooBig, UnreadableFile (an empty file), Conflict (it would be one source too many).
    """
    name = _plain_name(original_name or str(file.name or ""))[:255] or "price-list"
    if source is not None and source.vendor_id != vendor.pk:
        raise NotFound("unknown_source")
    digest, size = _measured(file)
    earlier = None if only_check else _earlier_run(vendor, source, digest)
    if earlier is not None:
        return earlier, False
    file.seek(0)
    storage = PriceList._meta.get_field("file").storage  # noqa: SLF001 - Django's documented way
    # Outside of the transaction: bytes on disk take their time. A crash here leaves a file without a row.
    stored = storage.save(f"price_lists/{vendor.pk}/{uuid.uuid4().hex}", file)
    if source is None:
        try:
            source = _series_of(vendor, name, storage.path(stored))
        except Conflict:
            storage.delete(stored)
            raise
    with transaction.atomic():
        price_list = PriceList.objects.create(
            source=source, file=stored, original_name=name, size=size, sha256=digest, uploaded_by=user
        )
        run = ImportRun.objects.create(
            vendor=vendor,
            source=source,
            price_list=price_list,
            started_by=user,
            auto_apply=auto_apply,
            only_check=only_check,
        )
    return run, True


def cancel_run(*, run: ImportRun) -> ImportRun:
    """Gives an import up before it is applied; the catalogue stays as it is. Raises RunNotPossible."""
    with transaction.atomic():
        cancelled = ImportRun.objects.filter(
            pk=run.pk,
            state__in=[
                RunState.UPLOADED,
                RunState.MAPPING,
                RunState.READING,
                RunState.REVIEW,
                RunState.HELD,
                RunState.QUEUED,
            ],
        ).update(state=RunState.CANCELLED, finished_at=timezone.now())
        if not cancelled:
            raise RunNotPossible("run_not_cancellable")
        job = Job.objects.filter(pk=run.job).first() if run.job else None
        if job is not None:
            request_cancel(job=job)
    run.refresh_from_db()
    return run


def series_name(name: str) -> str:
    """A file's name without its ending and dates: next week's list belongs to the same series."""
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    stem = re.sub(r"\d{1,4}[._-]\d{1,2}[._-]\d{1,4}|\d{6,}|\(\d+\)|[Tt]\d{4}", " ", stem)
    return " ".join(re.sub(r"[_\s]+", " ", stem).split()).strip(" -.")[:120] or "price list"


def _series_of(vendor: Vendor, name: str, path: str) -> Source:
    """The source of that name, else the one that sold the same goods under the same keys, else a new one."""
    named = Source.objects.filter(vendor=vendor, name=series_name(name)).first()
    if named is not None:
        return named
    sources = Source.objects.filter(vendor=vendor)
    if sources.exists():
        sample = _first_goods(path, name)
        titles = {row.key(): {row.title[:500], row.named[:500]} for row in sample}
        items = SourceItem.objects.filter(source__in=sources, key__in=titles)
        same: Counter[int] = Counter()
        for source_id, key, title in items.values_list("source_id", "key", "offer__title"):
            same[source_id] += title in titles[key]  # small numbers as keys agree by chance, titles do not
        for source_id, count in same.most_common(1):
            if count >= SAME_GOODS * len(titles):
                return Source.objects.get(pk=source_id)
    return open_source(vendor=vendor, name=series_name(name))


def _first_goods(path: str, name: str) -> list[OfferRow]:
    """The first goods of a file as it would be read; none if it cannot be. New goods often stand on top."""
    inspection = reading.inspect(path, original_name=name)
    if inspection.refusal is not None:
        return []
    try:
        read = reading.read(path, inspection.mapping, names=current_rules())
        rows = (row for row in read if isinstance(row, OfferRow))
        return list(itertools.islice(rows, LOOKED_THROUGH))
    except Refusal:
        return []


def _earlier_run(vendor: Vendor, source: Source | None, digest: str) -> ImportRun | None:
    runs = ImportRun.objects.filter(vendor=vendor, price_list__sha256=digest, only_check=False)
    runs = runs.exclude(state__in=_REPEATABLE)
    if source is not None:
        runs = runs.filter(source=source)
    run = runs.order_by("-id").first()
    if run is None:
        return None
    # Going back to an older list is an import of its own once a newer one has been applied.
    newer = ImportRun.objects.filter(source=run.source_id, state=RunState.APPLIED, pk__gt=run.pk)
    return None if run.state == RunState.APPLIED and newer.exists() else run


def _measured(file: File[bytes]) -> tuple[str, int]:
    limit = settings.PRICE_LIST_MAX_BYTES
    if (file.size or 0) > limit:
        raise TooBig("file_too_big", detail=str(limit // 2**20))
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    for chunk in file.chunks(1 << 20):
        size += len(chunk)
        if size > limit:
            raise TooBig("file_too_big", detail=str(limit // 2**20))
        digest.update(chunk)
    if not size:
        raise UnreadableFile("empty_file")
    return digest.hexdigest(), size


def _plain_name(name: str) -> str:
    """The last part of a file's name, without control characters. It is shown, never used as a path."""
    last = _SEPARATORS.split(name)[-1]
    return "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
