"""What pages of the category tree share: their trail, the category they are about, and the right to change the tree."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Category
from catalog.tree import selectors
from cms.operators.pages import DeskPage

PUBLISH = "catalog.publish_category"


class TreeDeskPage(DeskPage):
    """A page below "Categories"."""

    permission_required = "catalog.change_category"
    header_icon = "list-ul"
    #: Whether looking at it takes the right to publish; else only what the page itself asks `needs_publishing` for.
    publishers_only = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.publishers_only and self.has_permission():
            self.needs_publishing()
        return super().dispatch(request, *args, **kwargs)

    @property
    def may_publish(self) -> bool:
        return bool(self.request.user.has_perm(PUBLISH))

    def needs_publishing(self) -> None:
        if not self.may_publish:
            raise PermissionDenied

    @cached_property
    def category(self) -> Category | None:
        """The one in the address; merged ones are no longer there."""
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(selectors.in_tree().select_related("tree_state"), pk=self.kwargs["pk"])

    def trail(self) -> list[tuple[str, str]]:
        tree = reverse("operators_categories")
        above = selectors.path_to(self.category)
        return [(tree, _("Categories")), *((f"{tree}?at={each.pk}", each.name) for each in above)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(category=self.category, may_publish=self.may_publish, **kwargs)
