"""Companies whose checklist is met."""

from __future__ import annotations

from accounts.models import User
from tests.factories.accounts import OperatorFactory
from vendors.models import Vendor
from vendors.onboarding import services
from vendors.onboarding.selectors import blocking


def meet_checklist(vendor: Vendor, operator: User | None = None) -> None:
    """Waives whatever is open, as an operator who knows the company does."""
    services.waive(
        operator=operator or OperatorFactory(),
        vendor=vendor,
        keys=[point.item.key for point in blocking(vendor)],
        reason="Відома",
    )
