"""Checking a log, a receipt and opened bids against each other: pure. docs/verify_sealed.py does the same on its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buyer_requests.sealing.canonical import COVERED, NOTHING, commitment_of, moment_of, record_hash
from buyer_requests.sealing.enums import OF_BIDDERS, Kind

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_OF_BIDDERS: Final = {str(kind) for kind in OF_BIDDERS}

#: A record has some 600 bytes.
MOST_RECORDS: Final = 5_000

#: code → what it means; (passed, failed).
SAID: Final[dict[str, tuple[Any, Any]]] = {
    "chain": (
        _("The log is one unbroken chain."),
        _("The log is broken: a record was changed, taken out or put in."),
    ),
    "times": (
        _("Times only go on, and every bid is before the deadline that held."),
        _("A record's time is impossible: earlier than the one before it, or after the deadline."),
    ),
    "order": (
        _("It begins with publishing, and the opening comes once and last."),
        _("Records stand where they cannot: before publishing, or after the opening."),
    ),
    "commitment": (
        _("The receipt's contents give its commitment."),
        _("The receipt's contents are not what its commitment was made of."),
    ),
    "receipt": (
        _("The receipt's record hashes to the head that it names."),
        _("The receipt's record does not give the head that it names."),
    ),
    "prefix": (
        _("The log goes on from the receipt's record, unchanged."),
        _("The receipt's record is not in this log: the log is not the one your bid was put into."),
    ),
    "opened": (
        _("Every opened bid gives the last commitment of its bidder."),
        _("An opened bid is not what its bidder committed to."),
    ),
    "complete": (
        _("Every bid of the log was opened, or is said to be broken."),
        _("A bid of the log is missing among the opened ones."),
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    is_good: bool

    @property
    def text(self) -> str | Promise:
        told: str | Promise = SAID[self.code][0 if self.is_good else 1]
        return told


def verify(log: Any, receipt: Any = None, opened: Any = None) -> list[Finding]:
    """What was checked, each once. Raises ValueError for what is no log, receipt or list of bids at all."""
    try:
        return _verify(log, receipt, opened)
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("not a log") from error


def require_records(log: Any) -> None:
    """Raises ValueError for what is no log: cheap, so that it can be asked before anything else is read."""
    records = log.get("records") if isinstance(log, dict) else None
    if not isinstance(records, list) or not 0 < len(records) <= MOST_RECORDS:
        raise ValueError("not a log")
    if not all(isinstance(record, dict) and set(COVERED) <= record.keys() for record in records):
        raise ValueError("not a log")


def _verify(log: Any, receipt: Any, opened: Any) -> list[Finding]:
    records = list(log["records"])
    if not records:
        raise ValueError("an empty log")
    found = [
        Finding("chain", _is_chain(str(log["request"]), records)),
        Finding("times", _times_hold(records)),
        Finding("order", _is_in_order(records)),
    ]
    if receipt is not None:
        record = receipt["record"]
        found.append(Finding("commitment", _commits(receipt["sealed"], receipt["nonce"], record)))
        if "previous" in record:
            found.append(Finding("receipt", record_hash(record) == record["hash"]))
        found.append(Finding("prefix", _is_in(record, records)))
    if opened is not None:
        last = {record["bidder"]: record for record in records if record["kind"] in _OF_BIDDERS}
        bids = {bid["bidder"]: bid for bid in opened["bids"]}
        found.append(
            Finding(
                "opened",
                len(bids) == len(opened["bids"])
                and all(
                    bidder in last and _commits(bid["sealed"], bid["nonce"], last[bidder])
                    for bidder, bid in bids.items()
                ),
            )
        )
        final = records[-1]["details"] if records[-1]["kind"] == Kind.OPENED else {}
        broken = {fault["bidder"] for fault in final.get("faults", ())}
        stands = {bidder for bidder, record in last.items() if record["kind"] != Kind.WITHDRAWN}
        found.append(Finding("complete", stands - broken <= set(bids)))
    return found


def _is_in(record: Mapping[str, Any], records: list[Mapping[str, Any]]) -> bool:
    """Whether a receipt's record stands in the log. Of one from the time when the log was closed, what it holds is compared."""
    same = [each for each in records if each["hash"] == record["hash"]]
    if len(same) != 1 or not {"request", "kind", "bidder", "commitment", "at"} <= record.keys():
        return False
    if "previous" in record:
        return all(same[0][name] == record[name] for name in COVERED)
    told = {**record, "previous": same[0]["previous"]}
    told["details"] = {**same[0]["details"], **record["details"]}
    return record_hash(told) == str(record["hash"])


def _is_chain(request: str, records: list[Mapping[str, Any]]) -> bool:
    previous = NOTHING
    for place, record in enumerate(records, start=1):
        if record["request"] != request or record["sequence"] != place or record["previous"] != previous:
            return False
        if record_hash(record) != record["hash"]:
            return False
        previous = record["hash"]
    return True


def _times_hold(records: list[Mapping[str, Any]]) -> bool:
    deadline, before = "", ""
    for record in records:
        at = record["at"]
        moment_of(at)
        if at < before:
            return False
        before = at
        if record["kind"] in {Kind.PUBLISHED, Kind.DEADLINE}:
            moved = record["details"]["deadline"]
            if moved <= deadline or moved <= at or (deadline and at >= deadline):
                return False
            deadline = moved
        elif (record["kind"] in _OF_BIDDERS and at >= deadline) or (
            record["kind"] == Kind.OPENED and at < deadline
        ):
            return False
    return True


def _is_in_order(records: list[Mapping[str, Any]]) -> bool:
    kinds = [record["kind"] for record in records]
    ends = [place for place, kind in enumerate(kinds) if kind in {Kind.OPENED, Kind.CANCELLED}]
    return kinds[0] == Kind.PUBLISHED and kinds.count(Kind.PUBLISHED) == 1 and ends in ([], [len(kinds) - 1])


def _commits(sealed: Any, nonce: str, record: Mapping[str, Any]) -> bool:
    return (
        _HASH.fullmatch(nonce) is not None
        and commitment_of(sealed, nonce) == record["commitment"]
        and sealed["bidder"] == record["bidder"]
        and sealed["request"] == record["request"]
    )
