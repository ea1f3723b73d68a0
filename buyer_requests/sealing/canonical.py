"""Canonical JSON, commitments and the chain's hashes: pure, and documented in docs/sealed.md, so that anybody can redo them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from buyer_requests.bidding.inputs import AlternativeInput, BidLineInput, BidTerms

BID: Final = b"ryad-sealed-bid-1\n"
LOG: Final = b"ryad-sealed-log-1\n"
#: What a record's hash covers. Its number is its place in the chain.
COVERED: Final = ("request", "kind", "bidder", "commitment", "details", "at", "previous")
#: What the first record names as the one before it.
NOTHING: Final = "0" * 64


def canonical(value: Any) -> bytes:
    """Keys sorted, no spaces, UTF-8 unescaped; whole numbers only."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def new_nonce() -> str:
    """256 bits, as hexadecimal digits."""
    return secrets.token_hex(32)


def commitment_of(sealed: Mapping[str, Any], nonce: str) -> str:
    return hashlib.sha256(BID + bytes.fromhex(nonce) + canonical(sealed)).hexdigest()


def content_hash(content: Mapping[str, Any]) -> str:
    """The fingerprint of a version of the request, as `changing.content.content_of` writes it."""
    return hashlib.sha256(canonical(content)).hexdigest()


def record_hash(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(LOG + canonical({name: record[name] for name in COVERED})).hexdigest()


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def sealed_form(
    *, request: str, bidder: str, number: int, content: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a commitment is made of: which bid, which revision, and what it says; None for a withdrawal."""
    return {"request": request, "bidder": bidder, "number": number, "bid": content}


def content_from(
    lines: Iterable[BidLineInput],
    terms: BidTerms,
    files: Sequence[tuple[str, str]],
    known: Collection[int],
) -> dict[str, Any]:
    """The same plain values as `bidding.history.content_of` makes of a stored bid. `known` are ids of own offers."""
    return {
        "currency": terms.currency,
        "delivery_price": terms.delivery_price,
        "free_delivery_from": terms.free_delivery_from,
        "minimum_order": terms.minimum_order,
        "delivery_days": terms.delivery_days,
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else None,
        "terms": terms.terms,
        "files": [list(file) for file in files],
        "lines": [_line(line, known) for line in lines],
    }


def _line(line: BidLineInput, known: Collection[int]) -> dict[str, Any]:
    return {
        "line": line.line_id,
        "offer": line.offer_id if line.offer_id in known else None,
        "title": line.title.strip()[:500],
        "quantity": f"{line.quantity:.3f}",
        "price": line.price_amount,
        "breaks": [[f"{quantity:.3f}", amount] for quantity, amount in sorted(line.breaks)],
        "divisible": line.is_divisible,
        "step": f"{line.step:.3f}" if line.step is not None else None,
        "supply": str(line.supply),
        "delivery_on": line.delivery_on.isoformat() if line.delivery_on else None,
        "substitute": line.is_substitute,
        "note": line.note.strip()[:300],
        "alternatives": [
            {
                "offer": other.offer_id if other.offer_id in known else None,
                "title": other.title.strip()[:500],
                "quantity": f"{other.quantity:.3f}",
                "price": other.price_amount,
                "substitute": other.is_substitute,
                "supply": str(other.supply),
                "delivery_on": other.delivery_on.isoformat() if other.delivery_on else None,
            }
            for other in line.alternatives
        ],
    }


def inputs_from(content: Mapping[str, Any]) -> list[BidLineInput]:
    """The lines that `content_from` was made of."""
    return [
        BidLineInput(
            line_id=line["line"],
            title=line["title"],
            quantity=Decimal(line["quantity"]),
            price_amount=line["price"],
            offer_id=line["offer"],
            is_substitute=line["substitute"],
            note=line["note"],
            breaks=tuple((Decimal(least), int(amount)) for least, amount in line["breaks"]),
            is_divisible=line["divisible"],
            step=Decimal(line["step"]) if line["step"] is not None else None,
            supply=line["supply"],
            delivery_on=_day(line["delivery_on"]),
            alternatives=tuple(
                AlternativeInput(
                    title=other["title"],
                    quantity=Decimal(other["quantity"]),
                    price_amount=other["price"],
                    offer_id=other["offer"],
                    is_substitute=other["substitute"],
                    supply=other["supply"],
                    delivery_on=_day(other["delivery_on"]),
                )
                for other in line["alternatives"]
            ),
        )
        for line in content["lines"]
    ]


def terms_from(content: Mapping[str, Any]) -> BidTerms:
    return BidTerms(
        currency=content["currency"],
        delivery_price=content["delivery_price"],
        delivery_days=content["delivery_days"],
        valid_until=_day(content["valid_until"]),
        terms=content["terms"],
        free_delivery_from=content["free_delivery_from"],
        minimum_order=content["minimum_order"],
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
