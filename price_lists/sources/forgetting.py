"""What a partial source said no longer counts: the lists whose goods it told about are read again with their own values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from core.jobs.services import start_job
from core.jobs.work import Work
from price_lists.errors import RunNotPossible
from price_lists.models import PartialValue, Source, SourceItem
from price_lists.services.applying import CHUNK
from price_lists.sources import registering
from price_lists.sources.enums import Role
from price_lists.sources.partial_matching import targets_of

if TYPE_CHECKING:
    from accounts.models import User

#: A page waits for so many goods to be walked through; more are a worker's.
FORGOTTEN_AT_ONCE: Final = 5_000


def stop_counting(*, source: Source, user: User) -> int:
    """Pauses a partial source and has it forgotten: at once, or by a worker where there is much to walk through.

    Returns how many offers it told about.
    """
    if source.role == Role.FULL:
        raise RunNotPossible("source_not_partial")
    # First of all, or a look at its link would bring back what is being forgotten.
    registering.pause(source=source, is_on=False)
    told = PartialValue.objects.filter(source=source).count()
    items = SourceItem.objects.filter(source__in=targets_of(source))
    if items.values("pk")[: FORGOTTEN_AT_ONCE + 1].count() <= FORGOTTEN_AT_ONCE:
        forget_partial(source=source)
    else:
        start_job(
            kind="price_lists.forget",
            task="price_lists.forget_partial",
            kwargs={"source_id": source.pk},
            queue="imports",
            owner=user.typed_id,
            subject=source.typed_id,
        )
    return told


def forget_partial(*, source: Source, work: Work | None = None) -> int:
    """A partial source no longer counts: the next issues of the lists bring their own prices and stock back.

    Offers keep what they show until then, for nobody knows a better value. Returns how many it told about. Each chunk
    is a short transaction of its own; what it said goes last, so that a killed work begins anew and ends alike.
    """
    if source.role == Role.FULL:
        raise RunNotPossible("source_not_partial")
    done = 0
    for target_id in targets_of(source).order_by("pk").values_list("pk", flat=True):
        for walked in _read_again(source, target_id):
            done += walked
            if work is not None:
                work.progress(done)
    count = 0
    values = PartialValue.objects.filter(source=source).order_by("pk").values_list("pk", flat=True)
    while ids := list(values[:CHUNK]):
        if work is not None:
            work.check_cancelled()
        count += PartialValue.objects.filter(pk__in=ids).delete()[0]
    return count


def _read_again(source: Source, target_id: int) -> Iterator[int]:
    """A row that is "known" is not read again: without its hashes it is. Gives the size of each chunk walked through.

    Items have no index by offer, so they are walked by their key, which has one.
    """
    last = ""
    items = SourceItem.objects.filter(source=target_id).order_by("key")
    while rows := list(items.filter(key__gt=last).values_list("pk", "key", "offer_id")[:CHUNK]):
        last = rows[-1][1]
        told = set(
            PartialValue.objects.filter(
                source=source, offer__in=[offer_id for _pk, _key, offer_id in rows]
            ).values_list("offer_id", flat=True)
        )
        known = [pk for pk, _key, offer_id in rows if offer_id in told]
        if known:
            SourceItem.objects.filter(pk__in=known).update(raw_hash=b"", price_hash=b"", stock_hash=b"")
        yield len(rows)
