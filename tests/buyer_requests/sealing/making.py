"""Sealed requests as tests need them: made and bid on through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from buyer_requests import services
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing.enums import Reveals
from buyer_requests.sealing.terms import choose_sealed
from tests.factories.buyer_requests import make_draft


def make_sealed(*, shows_count: bool = False, reveals: Reveals = Reveals.OWN, **values: Any) -> BuyerRequest:
    """A published request whose bids are sealed."""
    draft = make_draft(**values)
    choose_sealed(request=draft, sealed=True, shows_count=shows_count, reveals=reveals)
    return services.publish_request(buyer=draft.buyer, request=BuyerRequest.objects.get(pk=draft.pk))


def pass_by(request: BuyerRequest, *, seconds: float = 0.01) -> None:
    """The deadline has just passed."""
    BuyerRequest.objects.filter(pk=request.pk).update(
        deadline_at=timezone.now() - dt.timedelta(seconds=seconds)
    )
