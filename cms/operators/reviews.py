"""Reviews that a vendor asked to look at: kept or removed, with a reason that both sides read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cms.operators.pages import DeskPage
from core.errors import DomainError
from reviews import selectors, services
from reviews.models import Review


class Reviews(DeskPage):
    """What waits, the oldest first; below, what was decided last."""

    permission_required = "reviews.change_review"
    template_name = "cms/operators/reviews.html"
    header_icon = "pick"
    page_title = gettext_lazy("Reported reviews")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decided = Review.objects.filter(decided_at__isnull=False).select_related("vendor")
        return super().get_context_data(
            page=self.page_of(selectors.reported()),
            decided=decided.order_by("-decided_at")[:20],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            public_id = UUID(request.POST.get("review", ""))
        except ValueError:
            raise Http404 from None
        operator = request.user
        assert isinstance(operator, User)
        try:
            services.decide(
                public_id=public_id,
                remove=request.POST.get("act") == "remove",
                reason=request.POST.get("reason", ""),
                operator=operator,
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Decided; both sides are told."))
        return self.back()
