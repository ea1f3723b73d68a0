#!/usr/bin/env python3
"""Check a sealed request's log, receipt and opened bids, offline, with nothing but Python 3.9 or later.

    python3 verify_sealed.py log.json [--receipt receipt.json ...] [--opened bids.json]
    python3 verify_sealed.py --receipt receipt.json          # the receipt alone, before the log is open

The files are those that the site gives out. What each check means stands in docs/sealed.md. This program shares no code
with the site: read it, it is short. It ends with 0 if all is right, 1 if something is wrong, 2 if a file is not what it
should be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

NOTHING = "0" * 64
COVERED = ("request", "kind", "bidder", "commitment", "details", "at", "previous")
OF_BIDDERS = ("sent", "revised", "withdrawn")


def canonical(value: Any) -> bytes:
    """Keys sorted, no blanks, UTF-8; there are no fractions in these files."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def commitment(sealed: Any, nonce: str) -> str:
    return hashlib.sha256(b"ryad-sealed-bid-1\n" + bytes.fromhex(nonce) + canonical(sealed)).hexdigest()


def record_hash(record: dict[str, Any]) -> str:
    return hashlib.sha256(
        b"ryad-sealed-log-1\n" + canonical({name: record[name] for name in COVERED})
    ).hexdigest()


def check_log(log: dict[str, Any]) -> list[str]:
    records = log["records"]
    if not records:
        raise ValueError("the log is empty")
    return check_chain(log["request"], records) + check_times(records) + check_order(records)


def check_chain(request: str, records: list[dict[str, Any]]) -> list[str]:
    previous, wrong = NOTHING, []
    for place, record in enumerate(records, start=1):
        if record["request"] != request:
            wrong.append(f"record {place} belongs to another request")
        if record["sequence"] != place:
            wrong.append(f"record {place} says it is number {record['sequence']}")
        if record["previous"] != previous:
            wrong.append(f"record {place} does not follow the one before it")
        if record_hash(record) != record["hash"]:
            wrong.append(f"record {place} was changed: its hash is another")
        previous = record["hash"]
    return wrong


def check_times(records: list[dict[str, Any]]) -> list[str]:
    """Times are texts of one form, so that they compare as texts."""
    deadline, before, wrong = "", "", []
    for place, record in enumerate(records, start=1):
        at, kind = record["at"], record["kind"]
        if at < before:
            wrong.append(f"record {place} is earlier than the one before it")
        before = at
        if kind in ("published", "deadline"):
            moved = record["details"]["deadline"]
            if moved <= deadline or moved <= at or (deadline and at >= deadline):
                wrong.append(f"record {place} moves the deadline where that cannot be")
            deadline = moved
        if kind in OF_BIDDERS and at >= deadline:
            wrong.append(f"record {place} is after the deadline")
        if kind == "opened" and at < deadline:
            wrong.append(f"record {place} is before the deadline")
    return wrong


def check_order(records: list[dict[str, Any]]) -> list[str]:
    wrong = []
    for place, record in enumerate(records, start=1):
        if (record["kind"] == "published") != (place == 1):
            wrong.append(f"record {place}: publishing comes first, and once")
        if record["kind"] in ("opened", "cancelled") and place != len(records):
            wrong.append(f"record {place} ends the log and is not the last one")
    return wrong


def check_receipt(receipt: dict[str, Any], records: list[dict[str, Any]] | None) -> list[str]:
    record, wrong = receipt["record"], []
    sealed = receipt["sealed"]
    if commitment(sealed, receipt["nonce"]) != record["commitment"]:
        wrong.append("the receipt's contents are not what its commitment was made of")
    if sealed["request"] != record["request"] or sealed["bidder"] != record["bidder"]:
        wrong.append("the receipt's contents are of another request or bidder")
    closed = "previous" not in record  # given out while the log was closed: its hash is checked with the log
    if not closed and record_hash(record) != record["hash"]:
        wrong.append("the receipt's record does not give its hash")
    if records is not None:
        same = [each for each in records if each["hash"] == record["hash"]]
        if closed and len(same) == 1:
            record = {
                **record,
                "previous": same[0]["previous"],
                "details": {**same[0]["details"], **record["details"]},
            }
        if len(same) != 1 or any(same[0][name] != record[name] for name in COVERED):
            wrong.append("the receipt's record is not in this log: it was rewritten")
    return wrong


def check_opened(opened: dict[str, Any], records: list[dict[str, Any]]) -> list[str]:
    last = {record["bidder"]: record for record in records if record["kind"] in OF_BIDDERS}
    wrong, seen = [], set()
    for bid in opened["bids"]:
        bidder = bid["bidder"]
        if bidder in seen:
            wrong.append(f"bidder {bidder[:8]} was opened twice")
        seen.add(bidder)
        sealed = bid["sealed"]
        if bidder not in last or commitment(sealed, bid["nonce"]) != last[bidder]["commitment"]:
            wrong.append(f"the opened bid of {bidder[:8]} is not what was committed to")
        elif sealed["bidder"] != bidder or sealed["request"] != last[bidder]["request"]:
            wrong.append(f"the opened bid of {bidder[:8]} is of another request or bidder")
    details = records[-1]["details"] if records[-1]["kind"] == "opened" else {}
    broken = {fault["bidder"] for fault in details.get("faults", ())}
    for bidder, record in last.items():
        if record["kind"] != "withdrawn" and bidder not in seen | broken:
            wrong.append(f"the bid of {bidder[:8]} stands in the log and was not opened")
    return wrong


def read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a sealed request's log offline.")
    parser.add_argument("log", nargs="?")
    parser.add_argument("--receipt", action="append", default=[])
    parser.add_argument("--opened")
    told = parser.parse_args(arguments)
    if not told.log and (not told.receipt or told.opened):
        parser.error("give a log, or a receipt alone")
    wrong = []
    try:
        log = read(told.log) if told.log else None
        records = None if log is None else log["records"]
        wrong += [] if log is None else check_log(log)
        for path in told.receipt:
            wrong += [f"{path}: {each}" for each in check_receipt(read(path), records)]
        if told.opened:
            wrong += check_opened(read(told.opened), records)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        sys.stderr.write(f"not a file of a sealed request: {error!r}\n")
        return 2
    for each in wrong:
        sys.stdout.write(f"WRONG  {each}\n")
    if not wrong:
        head = f" Head of the log: {records[-1]['hash']}" if records else ""
        sys.stdout.write(f"All is right.{head}\n")
        if not records:
            sys.stdout.write(
                "Whether the receipt's record is in the log is checked with the log, once it is open.\n"
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
