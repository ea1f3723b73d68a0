"""Writes about sources themselves: opened, changed, asked now, paused; keys given out and taken back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.services.offers import open_supply
from core import clock
from core.broker.publishing import hand_over
from core.errors import Conflict, InvalidInput, NotFound
from core.outgoing import check_url
from core.program_keys import hash_of, new_secret
from core.sealing import seal
from price_lists.enums import RunState, SourceKind
from price_lists.models import Feed, Source, UploadKey
from price_lists.services.uploads import MAX_SOURCES, new_supply_key
from price_lists.sources import messages
from price_lists.sources.enums import Every, Precedence, Role
from price_lists.sources.fetching import PURPOSE
from price_lists.sources.sharing import direct_link
from vendors.locks import lock_vendor
from vendors.models import Membership, Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from accounts.models import User

TASK: Final = "price_lists.fetch"
MAX_KEYS: Final = 5
_PAUSED_AT_ONCE: Final = 200
#: What a key begins with, so that one left lying about is recognised.
KEY_MARK: Final = "ryad_up_"
#: Takes the lease from a look that is under way: what it finds no longer counts, and another may begin at once.
_FREED: Final = {"lease": None, "leased_until": None}


def add_source(
    *,
    vendor: Vendor,
    name: str,
    role: Role,
    precedence: Precedence,
    target: Source | None = None,
    url: str = "",
    every: Every = Every.SIX_HOURS,
    user: str = "",
    password: str = "",
    by: User | None = None,
) -> Source:
    """A new source, asked at once if it has a link, in the name of `by`. Raises InvalidInput (a name twice), Conflict, AddressRefused."""
    if url:
        check_url(direct_link(url))
    if Source.objects.filter(vendor=vendor, name=name).exists():
        raise _name_taken()
    if target is not None and (target.vendor_id != vendor.pk or target.is_partial):
        raise NotFound("unknown_source")
    supply_key = new_supply_key()
    with _one_of_a_name(Source.objects.filter(vendor=vendor, name=name)), transaction.atomic():
        lock_vendor(vendor.pk)  # two at once would each see room for the last one
        if Source.objects.filter(vendor=vendor).count() >= MAX_SOURCES:
            raise Conflict(
                "too_many_sources",
                _("You have %(number)s sources, and no more are possible; change one of them instead."),
                number=MAX_SOURCES,
            )
        supply = open_supply(vendor=vendor, source=supply_key)
        source = Source.objects.create(
            vendor=vendor,
            name=name,
            kind=SourceKind.URL if url else SourceKind.UPLOAD,
            role=role,
            precedence=precedence,
            target=target if role != Role.FULL else None,
            supply=supply,
        )
        if url:
            Feed.objects.create(
                source=source,
                url=url,
                user=user,
                password=seal(password, purpose=PURPOSE) if password else "",
                every=every,
                next_at=clock.now(),
                set_by=by,
            )
            send_fetch(source_id=source.pk)
    return source


def change_source(
    *,
    source: Source,
    name: str,
    precedence: Precedence,
    url: str = "",
    every: Every = Every.SIX_HOURS,
    user: str = "",
    password: str = "",
    by: User | None = None,
) -> Source:
    """An empty password leaves the one that is known, an empty user forgets both. Another link is asked at once, and
    from then on in the name of `by`.
    """
    if url:
        check_url(direct_link(url))
    others = Source.objects.filter(vendor=source.vendor_id, name=name).exclude(pk=source.pk)
    if others.exists():
        raise _name_taken()
    with _one_of_a_name(others), transaction.atomic():
        Source.objects.filter(pk=source.pk).update(name=name, precedence=precedence)
        feed = Feed.objects.filter(source=source).first()
        if feed is not None and url:
            moved = url != feed.url
            kept = feed.password if urlsplit(url)[:2] == urlsplit(feed.url)[:2] else ""
            values: dict[str, object] = {
                "url": url,
                "every": every,
                "user": user,
                # A password is not carried to another host, where nobody meant it to go, nor out of TLS.
                "password": seal(password, purpose=PURPOSE) if password else kept if user else "",
                "next_at": clock.now(),
                "sent_until": None,
                **_FREED,
            }
            if moved:
                values |= {"etag": "", "last_modified": "", "sha256": ""}
            if moved or password or user != feed.user:
                values["set_by"] = by
            Feed.objects.filter(pk=feed.pk).update(**values)
            send_fetch(source_id=source.pk)
    source.refresh_from_db()
    return source


def fetch_now(*, source: Source, by: User | None = None) -> None:
    """Has the link asked now; one that was paused goes on in the name of `by`. A version that could not be taken is taken
    for new once more.
    """
    values: dict[str, object] = {"next_at": clock.now(), "sent_until": None, "is_on": True, **_FREED}
    feed = Feed.objects.filter(source=source).select_related("run").first()
    if feed is None:
        raise Conflict("no_link", _("This source has no link to ask."))
    if not feed.is_on:
        values["set_by"] = by
    if feed.run is not None and feed.run.state in {RunState.FAILED, RunState.CANCELLED}:
        values |= {"etag": "", "last_modified": "", "sha256": ""}
    with transaction.atomic():
        Feed.objects.filter(pk=feed.pk).update(**values)
        send_fetch(source_id=source.pk)


def pause(*, source: Source, is_on: bool, by: User | None = None) -> None:
    """Stops the schedule, or resumes it in the name of `by`."""
    values: dict[str, object] = {"is_on": is_on}
    if is_on:
        values |= {"next_at": clock.now(), "sent_until": None, "set_by": by}
    with transaction.atomic():
        Feed.objects.filter(source=source).update(**values)
        if is_on:
            send_fetch(source_id=source.pk)


def pause_links_of_leavers() -> int:
    """Pauses links that were set by somebody who no longer works for the vendor or whose account is closed, and tells
    those who do. Returns how many.
    """
    works_here = Membership.objects.filter(
        vendor=OuterRef("source__vendor"), user=OuterRef("set_by"), user__is_active=True
    )
    left = Feed.objects.filter(~Exists(works_here), is_on=True, set_by__isnull=False)
    paused = 0
    for feed in left.select_related("source__vendor").order_by("pk")[:_PAUSED_AT_ONCE]:
        with transaction.atomic():
            # Unless somebody else set it meanwhile. What a look under way finds no longer counts.
            same = Feed.objects.filter(pk=feed.pk, is_on=True, set_by=feed.set_by_id)
            if same.update(is_on=False, sent_until=None, **_FREED):
                messages.tell_left(feed, at=clock.now())
                paused += 1
    return paused


def send_fetch(*, source_id: int) -> None:
    """Wakes a worker after the commit; without a broker the sweep does it within a minute."""

    def publish() -> None:
        hand_over(
            lambda: current_app.send_task(
                TASK, kwargs={"source_id": source_id}, queue="imports", ignore_result=True, retry=False
            )
        )

    transaction.on_commit(publish, robust=True)


def give_key(*, source: Source, user: User | None) -> tuple[UploadKey, str]:
    """A new key and its secret, which is kept nowhere. Raises Conflict where there are enough."""
    with transaction.atomic():
        lock_vendor(source.vendor_id)
        if UploadKey.objects.filter(source=source, revoked_at=None).count() >= MAX_KEYS:
            raise Conflict(
                "too_many_keys", _("There are %(number)s keys already. Take one back first."), number=MAX_KEYS
            )
        new = new_secret(KEY_MARK)
        key = UploadKey.objects.create(source=source, hash=new.hash, beginning=new.beginning, created_by=user)
    return key, new.secret


def take_key_back(*, source: Source, key_id: int) -> None:
    if not UploadKey.objects.filter(source=source, pk=key_id, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        raise NotFound("unknown_key")


def source_of_key(*, source_id: int, secret: str) -> tuple[Source, UploadKey] | None:
    """The source that a key opens, None for a wrong, foreign or revoked one, and for one whose maker no longer works for
    the vendor. Notes the use, once a minute at most.
    """
    key = (
        UploadKey.objects.select_related("source__vendor", "source__supply", "created_by")
        .filter(hash=hash_of(secret), revoked_at=None, source=source_id)
        .first()
    )
    if key is None or key.created_by_id not in keepers(key.source.vendor_id):
        return None
    key.note_use()
    return key.source, key


def keepers(vendor_id: int) -> frozenset[int]:
    """The people whose keys open something and whose links are asked: those who work for the vendor and have an open account."""
    members = Membership.objects.filter(vendor=vendor_id, user__is_active=True)
    return frozenset(members.values_list("user_id", flat=True))


@contextmanager
def _one_of_a_name(others: QuerySet[Source]) -> Iterator[None]:
    """Of two who take a name at once the second is told so, as if it had come later."""
    try:
        yield
    except IntegrityError:
        if others.exists():
            raise _name_taken() from None
        raise


def _name_taken() -> InvalidInput:
    return InvalidInput("name_taken", _("You have a source of this name. Choose another name."), field="name")
