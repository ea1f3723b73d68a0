"""The early look at a request: what speaks against it, how much, and what becomes of it. Pure, but for `facts_of`.

No rule decides alone what a person could have meant: weights add up, a known buyer has credit, and whatever is found is said
to the buyer with what to do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db.models import Count

from buyer_requests.enums import RequestState
from buyer_requests.matching import match_texts
from buyer_requests.matching.queries import ceiling_to_base, stored_queries
from buyer_requests.models import Award, BuyerRequest, RequestHold, RequestLine
from buyer_requests.trust.enums import HoldState, Outcome, Rule
from core.rates import current_rates
from core.text import fold

#: From which weight on the buyer has to mend or confirm, and an operator has to look.
CONFIRM: Final = 30
HOLD: Final = 100
WEIGHTS: Final = {
    Rule.UNVERIFIED: 100,
    Rule.LINKS: 40,
    Rule.CONTACTS: 30,
    Rule.SHOUTING: 20,
    Rule.REPEATED: 70,
    Rule.BUDGET: 60,
    Rule.YOUNG: 20,
    Rule.CLOSED: 50,
}
#: Credit of a buyer whose request was awarded before, and of one who left a phone number.
KNOWN: Final = 40
PHONE: Final = 10

YOUNG: Final = dt.timedelta(days=1)
#: Lines that a list must have before its like elsewhere means anything, accounts, and how far back.
LIST_LINES: Final = 5
LIST_ACCOUNTS: Final = 2
LIST_DAYS: Final = dt.timedelta(days=30)
#: A ceiling below this share of the lowest of at least so many offers is far from the row.
FAR_BELOW: Final = Decimal("0.05")
OFFERS: Final = 3
#: Lines whose ceilings are held against the row, the longest lists' first ones.
LINES_PRICED: Final = 60

_LINK: Final = re.compile(
    r"https?://\S+|\bwww\.\S+|\b(?:t|wa)\.me/\S+|(?<![a-z0-9-])[a-z0-9-]{2,63}\.(?:com|net|org|ua|info|shop|site|online|biz)\b(?!@)",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{1,190}")
_PHONE: Final = re.compile(r"(?<![\w/.-])(?:\+?38)?[\s(-]*0\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\w)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules judge by."""

    texts: Sequence[str]
    is_verified: bool = True
    has_phone: bool = False
    is_known: bool = False
    age: dt.timedelta = dt.timedelta(days=365)
    same_lists: int = 0
    closed_before: int = 0
    ceilings: int = 0
    far_below: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that speaks against the request; `what` is what it found, shown to the buyer."""

    rule: Rule
    weight: int
    what: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule.value, "weight": self.weight, "what": self.what}


@dataclass(frozen=True, slots=True)
class Look:
    """What was found, and what becomes of the request."""

    findings: list[Finding] = field(default_factory=list)
    credit: int = 0
    outcome: Outcome = Outcome.OUT

    @property
    def weight(self) -> int:
        return max(0, sum(each.weight for each in self.findings) - self.credit)

    def as_json(self) -> list[dict[str, Any]]:
        return [each.as_json() for each in self.findings]


def judge(facts: Facts) -> Look:
    """Weighs the facts. Pure."""
    found = [Finding(rule, WEIGHTS[rule], what[:200]) for rule, is_so, what in _held_against(facts) if is_so]
    look = Look(found, (KNOWN if facts.is_known else 0) + (PHONE if facts.has_phone else 0))
    if not facts.is_verified:
        outcome = Outcome.MEND
    elif look.weight >= HOLD:
        outcome = Outcome.HOLD
    elif look.weight >= CONFIRM:
        outcome = Outcome.CONFIRM
    else:
        outcome = Outcome.OUT
    return Look(found, look.credit, outcome)


def _held_against(facts: Facts) -> list[tuple[Rule, bool, str]]:
    """Each rule, whether it found something, and what."""
    links = _every(_LINK, [_MAIL.sub(" ", text) for text in facts.texts])
    contacts = _every(_MAIL, facts.texts) + _every(_PHONE, facts.texts)
    shouted = next((text for text in facts.texts if _shouts(text)), "")
    far = bool(facts.far_below) and 2 * len(facts.far_below) >= facts.ceilings
    return [
        (Rule.UNVERIFIED, not facts.is_verified, ""),
        (Rule.LINKS, bool(links), ", ".join(links)),
        (Rule.CONTACTS, bool(contacts), ", ".join(contacts)),
        (Rule.SHOUTING, bool(shouted), shouted),
        (Rule.REPEATED, facts.same_lists >= LIST_ACCOUNTS, ""),
        (Rule.BUDGET, far, "; ".join(facts.far_below)),
        (Rule.YOUNG, facts.age < YOUNG, ""),
        (Rule.CLOSED, facts.closed_before > 0, ""),
    ]


def _every(form: re.Pattern[str], texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(match[0].strip() for text in texts for match in form.finditer(text)))


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    loud = sum(sign.isupper() for sign in letters)
    return "!!!" in text or (len(letters) >= 40 and 10 * loud >= 8 * len(letters))


def facts_of(request: BuyerRequest, now: dt.datetime) -> Facts:
    """Reads what the rules judge by. Outside of any transaction: it holds the lines against the row's prices."""
    lines = list(request.lines.select_related("request", "category").order_by("position"))
    buyer = request.buyer
    addresses = dict(
        EmailAddress.objects.filter(user=buyer).order_by().values_list("verified").annotate(Count("pk"))
    )
    awarded = Award.objects.filter(request__buyer=buyer).exclude(request=request).exists()
    far_below, ceilings = _far_below(lines, request.currency)
    return Facts(
        texts=[request.title, request.notes, *(f"{line.text} {line.details}" for line in lines)],
        # An account that operators made has no address to prove.
        is_verified=not addresses or bool(addresses.get(True)),
        has_phone=bool(buyer.phone),
        is_known=awarded,
        age=now - buyer.date_joined,
        same_lists=_same_lists(request, lines, now),
        closed_before=RequestHold.objects.filter(
            request__buyer=buyer, state__in=(HoldState.CLOSED, HoldState.UPHELD)
        ).count(),
        ceilings=ceilings,
        far_below=far_below,
    )


def _same_lists(request: BuyerRequest, lines: Sequence[RequestLine], now: dt.datetime) -> int:
    """Other accounts with a published request of just these lines."""
    if len(lines) < LIST_LINES:
        return 0
    own = list_key([line.text for line in lines])
    alike = (
        BuyerRequest.objects.filter(
            lines__position=1, lines__text=lines[0].text, published_at__gte=now - LIST_DAYS
        )
        .exclude(buyer=request.buyer_id)
        .exclude(state=RequestState.DRAFT)
        .annotate(held=Count("pk"))
        .values_list("pk", "buyer_id")[:50]
    )
    texts: dict[int, list[str]] = {}
    buyers = dict(alike)
    for pk, text in RequestLine.objects.filter(request_id__in=buyers).values_list("request_id", "text"):
        texts.setdefault(pk, []).append(text)
    return len({buyers[pk] for pk, every in texts.items() if list_key(every) == own})


def list_key(texts: Sequence[str]) -> str:
    """By what equal lists are known, whatever their order and case."""
    return hashlib.sha256("\n".join(sorted(fold(text) for text in texts)).encode()).hexdigest()


def _far_below(lines: Sequence[RequestLine], currency: str) -> tuple[list[str], int]:
    """Lines whose ceiling is far below every offer that would meet them without one, and how many have a ceiling."""
    rates = current_rates()
    limited = [line for line in lines if line.ceiling_amount][:LINES_PRICED]
    if not limited:
        return [], 0
    ceilings: Mapping[int, int | None] = {
        line.pk: ceiling_to_base(line.ceiling_amount, currency, rates) for line in limited
    }
    texts = {line.pk: line.text for line in limited}
    for line in limited:
        line.ceiling_amount = None  # of these copies: what does the row ask for it at all?
    far = []
    for pk, offers in match_texts(stored_queries(limited, rates=rates)).items():
        prices = [each.price for each in offers if each.price]
        ceiling = ceilings[pk]
        if ceiling is not None and len(prices) >= OFFERS and ceiling < FAR_BELOW * min(prices):
            far.append(texts[pk][:60])
    return far, len(limited)
