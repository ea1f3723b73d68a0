"""Drafts from what was written before: a past request again, and templates, which are lists under a name."""

from __future__ import annotations

from collections.abc import Container, Iterable
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.drafting.models import RequestTemplate
from buyer_requests.drafting.understanding import wants_from
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import BuyerRequest, PoolMember, RequestLine
from buyer_requests.pooling.again import give_rules, own_lines, stored_rules
from buyer_requests.services.writing import LineInput, create_draft
from catalog.models import Category
from core.errors import Conflict, InvalidInput, NotFound

MOST_TEMPLATES: Final = 100


class UnknownTemplate(NotFound):
    message = _("There is no such template among yours.")


class NoName(InvalidInput):
    message = _("Give the template a name.")


def lines_of(lines: Iterable[RequestLine]) -> list[LineInput]:
    """Lines as they were wanted before. Days are not taken over: they have passed, or will have."""
    return [
        LineInput(
            text=line.text,
            quantity=line.quantity,
            unit=line.unit,
            ceiling_amount=line.ceiling_amount,
            category_id=line.category_id,
            details=line.details,
            wants=wants_from(line.wants),
            substitutes=line.substitutes,
            gtin=line.gtin,
            mpn=line.mpn,
            place=line.place,
        )
        for line in lines
    ]


@transaction.atomic
def draft_again(*, buyer: User, request: BuyerRequest) -> BuyerRequest:
    """A new draft with the lines and terms of an own request, whatever became of it. Raises UnknownRequest."""
    if request.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    draft = create_draft(
        buyer=buyer,
        title=request.title,
        lines=lines_of(own_lines(request, buyer)),
        currency=request.currency,
        place=request.place,
        region=request.region,
        notes=request.notes,
    )
    give_rules(draft, stored_rules(request))
    return draft


def templates_of(owner: User) -> QuerySet[RequestTemplate]:
    return RequestTemplate.objects.filter(owner=owner)


@transaction.atomic
def keep_template(*, owner: User, request: BuyerRequest, name: str) -> RequestTemplate:
    """Keeps an own request's lines and terms under a name; one of that name is replaced.

    Raises UnknownRequest, NoName, and Conflict where there are too many.
    """
    if request.buyer_id != owner.pk:
        raise UnknownRequest("unknown_request")
    called = " ".join(name.split())[:120]
    if not called:
        raise NoName("no_name", field="name")
    if templates_of(owner).count() >= MOST_TEMPLATES and not templates_of(owner).filter(name=called).exists():
        raise Conflict(
            "too_many_templates",
            _("There are %(number)s templates already. Delete one first."),
            number=MOST_TEMPLATES,
        )
    content = {
        "currency": request.currency,
        "place": request.place,
        "region": request.region,
        "notes": request.notes,
        "lines": [_stored(line) for line in own_lines(request, owner)],
        "pool": stored_rules(request),
    }
    kept, _is_new = RequestTemplate.objects.update_or_create(
        owner=owner, name=called, defaults={"content": content}
    )
    return kept


@transaction.atomic
def draft_from_template(*, buyer: User, template_id: int) -> BuyerRequest:
    """A new draft of a template's lines and terms. Raises UnknownTemplate."""
    template = templates_of(buyer).filter(pk=template_id).first()
    if template is None:
        raise UnknownTemplate("unknown_template")
    content: dict[str, Any] = template.content
    lines: list[dict[str, Any]] = content.get("lines", [])
    wanted = {line["category"] for line in lines if line.get("category")}
    known = set(Category.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    draft = create_draft(
        buyer=buyer,
        title=template.name,
        lines=[_line(each, known) for each in lines],
        currency=content.get("currency", "UAH"),
        place=content.get("place", ""),
        region=content.get("region", ""),
        notes=content.get("notes", ""),
    )
    give_rules(draft, content.get("pool"))
    RequestTemplate.objects.filter(pk=template.pk).update(used_at=timezone.now())
    return draft


def draft_of_joined(*, user: User, request: BuyerRequest) -> BuyerRequest:
    """A new draft of what a person took of a pool that he joined, to ask for it by himself. Raises UnknownRequest."""
    member = PoolMember.objects.filter(request=request, user=user).first()
    lines = own_lines(request, user, all_of_them=False) if member else []
    if member is None or not lines:
        raise UnknownRequest("unknown_request")
    return create_draft(
        buyer=user,
        title=request.title,
        lines=lines_of(lines),
        currency=request.currency,
        place=member.place,
        region=member.region,
    )


def delete_template(*, owner: User, template_id: int) -> None:
    """Raises UnknownTemplate."""
    if not templates_of(owner).filter(pk=template_id).delete()[0]:
        raise UnknownTemplate("unknown_template")


def _stored(line: RequestLine) -> dict[str, Any]:
    return {
        "text": line.text,
        "quantity": str(line.quantity),
        "unit": line.unit,
        "ceiling": line.ceiling_amount,
        "category": line.category_id,
        "details": line.details,
        "wants": line.wants,
        "substitutes": line.substitutes,
        "gtin": line.gtin,
        "mpn": line.mpn,
        "place": line.place,
    }


def _line(stored: dict[str, Any], categories: Container[int]) -> LineInput:
    category = stored.get("category")
    return LineInput(
        text=stored["text"],
        quantity=Decimal(stored["quantity"]),
        unit=stored.get("unit", ""),
        ceiling_amount=stored.get("ceiling"),
        # Categories may have gone since.
        category_id=category if category in categories else None,
        details=stored.get("details", ""),
        wants=wants_from(stored.get("wants", ())),
        substitutes=stored.get("substitutes", True),
        gtin=stored.get("gtin", ""),
        mpn=stored.get("mpn", ""),
        place=stored.get("place", ""),
    )
