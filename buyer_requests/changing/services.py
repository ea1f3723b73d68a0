"""A published request is changed: drafted by its buyer alone, published as a further version, confirmed by bidders.

Everything takes the request's lock first and reads the database's clock after it: edit, bid and deadline have one order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.bidding.enums import CounterState, Origin, Outcome
from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.bidding.reading import inputs_of, terms_of
from buyer_requests.changing import tellings
from buyer_requests.changing.content import Difference, content_of, difference, line_content
from buyer_requests.changing.errors import (
    ChangeOutdated,
    ChangeRefused,
    LinesAwarded,
    NotByPress,
    NothingToPublish,
)
from buyer_requests.changing.models import DraftedChange, LineStanding, RequestRevision
from buyer_requests.changing.standing import asked_version, require_version, version_of
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidNotSent, RequestIncomplete, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import Bid, BuyerRequest, CounterOffer, RequestLine, RuleOutcome
from buyer_requests.sealing import sending as under_seal
from buyer_requests.sealing.canonical import inputs_from, terms_from
from buyer_requests.sealing.holding import is_sealed, own_bid
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services.bids import revise
from buyer_requests.services.publishing import CONSUMER, LONGEST, require_open
from buyer_requests.services.writing import MAX_LINES
from core import outbox
from core.errors import DomainError
from vendors.models import Vendor

#: The outbox's topic: a version was published.
CHANGED: Final = "changed"
#: From the change to the deadline at least, so that who bid can answer.
LEAST_TIME: Final = dt.timedelta(hours=4)
MOST_VERSIONS: Final = 30
#: What of a line matching looks at, and of the request as a whole.
_MATCHED: Final = frozenset(
    {"text", "quantity", "unit", "ceiling", "wants", "substitutes", "gtin", "mpn", "place", "needed_by"}
)

#: What a topic (an auction that runs, buyers who joined ...) has against a change; each raises a DomainError.
Check = Callable[[BuyerRequest, Difference, dt.datetime], None]
_checks: list[Check] = []
#: Who keeps a record of published versions (the log of sealed requests); called under the lock with the new version.
Record = Callable[[BuyerRequest, RequestRevision], None]
_records: list[Record] = []


def register_check(check: Check) -> None:
    """Called once by a topic when the application starts; the request is locked whenever the check is asked."""
    _checks.append(check)


def register_record(record: Record) -> None:
    """Called once by a topic when the application starts."""
    _records.append(record)


def refusal(request: BuyerRequest, changes: Difference | None = None) -> DomainError | None:
    """What a topic has against these changes, or any, as the page knows it: asked before a change is offered."""
    for check in _checks:
        try:
            check(request, changes or Difference([], []), timezone.now())
        except DomainError as error:
            return error
    return None


@transaction.atomic
def save_change(
    *, buyer: User, request: BuyerRequest, content: Mapping[str, Any], base: int | None = None
) -> DraftedChange:
    """Keeps what the buyer would change; nobody else sees it. Locks the request.

    `content` is as `content_of` writes it; new lines have no id. `base` is the version that it was written against:
    ChangeOutdated is raised where another one is in force. Raises UnknownRequest, RequestNotOpen, RequestIncomplete for lines that cannot be stored, ChangeRefused (`no_lines`).
    """
    current, _now = _own_open(buyer, request)
    if base is not None and base != current.version:
        raise ChangeOutdated("change_outdated")
    lines = content["lines"]
    if not lines:
        raise ChangeRefused("no_lines")
    if len(lines) > MAX_LINES:
        raise RequestIncomplete("too_many_lines", most=MAX_LINES)
    known = set(current.lines.values_list("pk", flat=True))
    seen: set[int] = set()
    for position, line in enumerate(lines, start=1):
        if not str(line["text"]).strip():
            raise RequestIncomplete("empty_text", position=position)
        if not Decimal("0.001") <= Decimal(line["quantity"]) < Decimal(10) ** 9:
            raise RequestIncomplete("bad_quantity", position=position)
        if line["line"] is not None and (line["line"] not in known or line["line"] in seen):
            raise ChangeOutdated("change_outdated")
        seen.add(line["line"])
    kept, _is_new = DraftedChange.objects.update_or_create(
        request=current, defaults={"base": current.version, "content": dict(content)}
    )
    return kept


@transaction.atomic
def drop_change(*, buyer: User, request: BuyerRequest) -> None:
    """Throws a drafted change away. Locks the request. Raises UnknownRequest."""
    current, _now = locked_request(request.pk)
    if current.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    DraftedChange.objects.filter(request=current).delete()


@transaction.atomic
def publish_change(
    *, buyer: User, request: BuyerRequest, base: int, deadline_at: dt.datetime | None = None
) -> RequestRevision:
    """Puts the drafted change in force as a further version, with a later deadline if one is given. Locks the request.

    `base` is the version that the buyer was shown it against. Matching, telling and automatic bids follow through the
    outbox. Raises UnknownRequest, RequestNotOpen at and after the deadline, NothingToPublish (a second press, too),
    ChangeOutdated, LinesAwarded, ChangeRefused (`too_little_time` where bidders would have less than four hours).
    """
    current, now = _own_open(buyer, request)
    drafted = DraftedChange.objects.filter(request=current).first()
    if drafted is None:
        raise NothingToPublish("nothing_to_publish")
    if not drafted.base == current.version == base:
        raise ChangeOutdated("change_outdated")
    lines = list(current.lines.all())
    before = content_of(current, lines)
    changes = difference(before, drafted.content)
    if changes.is_empty:
        raise NothingToPublish("nothing_to_publish")
    if current.version >= MOST_VERSIONS:
        raise ChangeRefused("too_many_versions", most=MOST_VERSIONS)
    _must_be_free(current, changes)
    for check in _checks:
        check(current, changes, now)
    _set_deadline(current, changes, deadline_at, now)
    if current.version == 1:
        RequestRevision.objects.create(
            request=current, number=1, content=before, made_by=buyer, made_at=current.published_at or now
        )
    current.version += 1
    written = _write(current, lines, drafted.content)
    _note_lines(current, changes)
    current.save(update_fields=["version", "notes", "place", "region", "needed_by", "deadline_at"])
    version = RequestRevision.objects.create(
        request=current,
        number=current.version,
        content=content_of(current, written),
        asks=changes.asks,
        made_by=buyer,
        made_at=now,
    )
    if changes.asks:
        _hold_what_waits(current, now)
    drafted.delete()
    for record in _records:
        record(current, version)
    outbox.emit(
        CONSUMER,
        CHANGED,
        {"request": current.pk, "version": version.number, "lines": _to_match(changes, lines, written)},
    )
    metrics.happened("changed")
    return version


@transaction.atomic
def confirm_bid(*, vendor: Vendor, user: User, request: BuyerRequest, seen: int, sender: str = "") -> bool:
    """The vendor's word that its prices hold for the request as it is in version `seen`. Locks the request.

    Who offered all of a line offers all of its new quantity, in whole packs. Raises UnknownRequest, RequestNotOpen
    from the deadline on, BidNotSent, RequestChanged where there is a newer version, NotByPress where a line asks for
    another good now, BidIncomplete where the bid has run out. False: it was confirmed already.
    """
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    require_version(current, seen)
    if is_sealed(current):
        return _confirm_sealed(current, vendor, user, now, sender=sender)
    bid = (
        Bid.objects.filter(request=current, vendor=vendor, state=BidState.SENT)
        .select_related("vendor")
        .first()
    )
    if bid is None:
        raise BidNotSent("no_bid")
    bid.request = current
    answered = version_of(bid)
    if answered >= asked_version(current):
        return False
    given = inputs_of(bid)
    changes = difference(content_at(current, answered), content_of(current))
    by_line = {line.line_id: line for line in changes.changed}
    _must_be_light(changes, given)
    asked = {line.pk: line.quantity for line in current.lines.all()}
    quantities = {
        line_id: Decimal(change.before)
        for line_id, line in by_line.items()
        for change in line.changes
        if change.name == "quantity" and line_id is not None
    }
    lines = [for_quantity(line, quantities.get(line.line_id), asked[line.line_id]) for line in given]
    if not revise(bid, current, lines, terms_of(bid), now, user=user, origin=Origin.PERSON, sender=sender):
        tellings.tell_buyer_of_confirmation(bid, current.version)
    metrics.happened("bid_confirmed")
    return True


def _confirm_sealed(
    request: BuyerRequest, vendor: Vendor, user: User, now: dt.datetime, *, sender: str
) -> bool:
    """The same contents are committed to once more, for the new version; nobody but the bidder learns of it."""
    own = own_bid(request, vendor)
    if own is None or not own.held.is_sent:
        raise BidNotSent("no_bid")
    if own.held.answers >= asked_version(request):
        return False
    _must_be_light(difference(content_at(request, own.held.answers), content_of(request)), own.lines)
    last = own.held.sendings[-1].form["bid"]
    return under_seal.send(
        vendor=vendor,
        user=user,
        request=request,
        lines=inputs_from(last),
        terms=terms_from(last),
        now=now,
        origin=Origin.PERSON,
        sender=sender,
    )


def _must_be_light(changes: Difference, given: Sequence[BidLineInput]) -> None:
    heavy = {line.line_id for line in changes.changed if not line.is_light}
    if not given or any(line.line_id in heavy for line in given):
        raise NotByPress("not_by_press")


def content_at(request: BuyerRequest, number: int) -> dict[str, Any]:
    """A version's content. Raises UnknownRequest where there is none of that number."""
    found = RequestRevision.objects.filter(request=request, number=number).first()
    if found is None:
        raise UnknownRequest("unknown_version")
    content: dict[str, Any] = found.content
    return content


def for_quantity(line: BidLineInput, before: Decimal | None, now: Decimal) -> BidLineInput:
    """Who offered less than was asked for goes on offering so much; else all of what is asked for now."""
    if before is None or before == now or line.quantity < before:
        return line
    quantity = now
    if line.step:
        quantity = (now / line.step).to_integral_value(rounding=ROUND_CEILING) * line.step
    alternatives = tuple(
        replace(other, quantity=now) if other.quantity >= before else other for other in line.alternatives
    )
    return replace(line, quantity=quantity.quantize(Decimal("0.001")), alternatives=alternatives)


def _own_open(buyer: User, request: BuyerRequest) -> tuple[BuyerRequest, dt.datetime]:
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk or current.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    require_open(current, now)
    return current, now


def _must_be_free(request: BuyerRequest, changes: Difference) -> None:
    """What was given to a vendor, at whatever end, stays what it was given for."""
    touched = {line.line_id: line.text for line in (*changes.changed, *changes.removed)}
    award = request.awards.filter(line__in=[pk for pk in touched if pk]).first()
    if award is not None:
        raise LinesAwarded("lines_awarded", line=touched[award.line_id][:60])


def _set_deadline(
    request: BuyerRequest, changes: Difference, deadline_at: dt.datetime | None, now: dt.datetime
) -> None:
    assert request.deadline_at is not None  # it is open
    if deadline_at is not None:
        if not request.deadline_at <= deadline_at <= now + LONGEST:
            raise ChangeRefused("deadline_past", field="deadline_day")
        request.deadline_at = deadline_at
    if changes.asks and request.deadline_at < now + LEAST_TIME:
        hours = int(LEAST_TIME.total_seconds() // 3600)
        raise ChangeRefused("too_little_time", field="deadline_day", hours=hours)


def _write(
    request: BuyerRequest, held: Sequence[RequestLine], content: Mapping[str, Any]
) -> list[RequestLine]:
    """The lines as they shall be: kept ones keep their rows, and with them what was bid on them."""
    request.notes, request.place = content["notes"], content["place"]
    request.region = content["region"]
    request.needed_by = dt.date.fromisoformat(content["needed_by"]) if content["needed_by"] else None
    by_pk = {line.pk: line for line in held}
    kept = {line["line"] for line in content["lines"] if line["line"] is not None}
    RequestLine.objects.filter(request=request, pk__in=[pk for pk in by_pk if pk not in kept]).delete()
    written, fresh, changed, moved = [], [], [], []
    for position, wanted in enumerate(content["lines"], start=1):
        line = by_pk.get(wanted["line"])
        if line is None:
            line = RequestLine(request=request, source=wanted["text"][:1000])
            fresh.append(line)
        elif line.position != position:
            moved.append(line)
        if line.pk is None or line_content(line) != wanted:
            _fill(line, wanted)
            if line.pk is not None:
                changed.append(line)
        line.position = position
        written.append(line)
    if moved:
        # A place is taken by one line at any moment: all go out of the way before they come to theirs.
        for line in moved:
            line.position += 2 * MAX_LINES
        RequestLine.objects.bulk_update(moved, ["position"], batch_size=200)
        for line in moved:
            line.position -= 2 * MAX_LINES
        RequestLine.objects.bulk_update(moved, ["position"], batch_size=200)
    fields = ["text", "details", "quantity", "unit", "ceiling_amount", "category", "wants", "substitutes"]
    RequestLine.objects.bulk_update(
        changed, [*fields, "gtin", "mpn", "place", "needed_by", "unsure"], batch_size=100
    )
    RequestLine.objects.bulk_create(fresh)
    return written


def _fill(line: RequestLine, wanted: Mapping[str, Any]) -> None:
    line.text, line.details = wanted["text"].strip()[:500], wanted["details"][:1000]
    line.quantity, line.unit = Decimal(wanted["quantity"]), wanted["unit"]
    line.ceiling_amount, line.category_id = wanted["ceiling"], wanted["category"]
    line.wants, line.substitutes = wanted["wants"], wanted["substitutes"]
    line.gtin, line.mpn = wanted["gtin"][:14], wanted["mpn"][:64]
    line.place = wanted["place"][:160]
    line.needed_by = dt.date.fromisoformat(wanted["needed_by"]) if wanted["needed_by"] else None
    line.unsure = []


def _note_lines(request: BuyerRequest, changes: Difference) -> None:
    LineStanding.objects.bulk_create(
        [
            LineStanding(line_id=line.line_id, number=request.version)
            for line in changes.material
            if line.line_id is not None
        ],
        update_conflicts=True,
        unique_fields=["line"],
        update_fields=["number"],
        batch_size=300,
    )


def _hold_what_waits(request: BuyerRequest, now: dt.datetime) -> None:
    """Talks about prices end: they were about what was asked for before. Rules bid anew for what they sent themselves."""
    CounterOffer.objects.filter(bid__request=request, state=CounterState.OPEN).update(
        state=CounterState.VOID, decided_at=now
    )
    automatic = Bid.objects.filter(request=request, state=BidState.SENT, is_automatic=True)
    outcomes = RuleOutcome.objects.filter(request=request)
    outcomes.filter(outcome=Outcome.SENT, vendor__in=automatic.values("vendor")).update(
        outcome=Outcome.WAITS, reason="changed", decided_at=now
    )
    # What did not suit a rule before may suit it now; where a person has bid it is refused again.
    outcomes.filter(outcome=Outcome.REFUSED).delete()


def _to_match(changes: Difference, held: Sequence[RequestLine], written: Sequence[RequestLine]) -> list[int]:
    """Ids of the lines that may fit other offers now."""
    known = {line.pk for line in held}
    if any(change.name in {"place", "region", "needed_by"} for change in changes.terms):
        return [line.pk for line in written]
    changed = {
        line.line_id for line in changes.changed if any(change.name in _MATCHED for change in line.changes)
    }
    return [line.pk for line in written if line.pk in changed or line.pk not in known]
