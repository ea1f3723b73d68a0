"""Pages of the site on the desk: menus, what blocks and menus lack, translations behind, what readers say of help, and a
look at a page as it will be.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page

from cms.models import Menu
from cms.models.base import AT
from cms.operators.pages import DeskPage
from cms.selectors import help as helping
from cms.selectors.lacking import lacks_of, pages_with_blocks
from cms.selectors.languages import pages_behind
from cms.selectors.menus import broken_lines, forget
from core.audit import kinds
from core.audit.services import record

MENU_SAVED = kinds.register("cms.save_menu", _("Changed a menu"))
MENU_DELETED = kinds.register("cms.delete_menu", _("Deleted a menu"))


def _trace(request: HttpRequest, action: str, menu: Menu) -> None:
    lines = [str(item) for item in menu.items.all()]
    record(
        actor=str(request.user.typed_id),
        action=action,
        subject=f"menu:{menu.pk}",
        subject_name=str(menu),
        details={"lines": lines},
    )
    transaction.on_commit(forget)


class _Saved:
    def save_instance(self) -> Any:
        with transaction.atomic():
            menu = super().save_instance()  # type: ignore[misc]  # of the view that this is mixed into
            _trace(self.request, MENU_SAVED, menu)  # type: ignore[attr-defined]
        return menu


class CreateMenu(_Saved, CreateView):
    pass


class EditMenu(_Saved, EditView):
    pass


class DeleteMenu(DeleteView):
    def delete_action(self) -> None:
        with transaction.atomic():
            _trace(self.request, MENU_DELETED, self.object)
            super().delete_action()


class MenuIndex(IndexView):
    def get_base_queryset(self) -> Any:
        return Menu.objects.prefetch_related("items")


class MenuViewSet(ModelViewSet):
    model = Menu
    name = "operators_menus"
    url_prefix = "menus"
    icon = "list-ul"
    menu_label = _("Menus of the site")
    menu_order = 130
    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = CreateMenu
    edit_view_class = EditMenu
    delete_view_class = DeleteMenu
    index_view_class = MenuIndex
    list_display: ClassVar[list[Any]] = [
        TitleColumn("__str__", label=_("Menu"), url_name="operators_menus:edit"),
        Column("items", label=_("Lines"), accessor=lambda menu: len(menu.items.all())),
    ]


class PagesToMend(DeskPage):
    """What pages draw without, because it is gone; and translations that lag behind."""

    permission_required = "cms.view_menu"
    template_name = "cms/operators/pages_to_mend.html"
    header_icon = "warning"
    page_title = _("Pages to mend")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            lacks=lacks_of(pages_with_blocks()), broken=broken_lines(), behind=pages_behind(), **kwargs
        )


class HelpUsefulness(DeskPage):
    """Which articles help, and which do not."""

    permission_required = "cms.view_menu"
    template_name = "cms/operators/help_usefulness.html"
    header_icon = "help"
    page_title = _("Does help help?")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=helping.usefulness(), **kwargs)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class PreviewAt(DeskPage):
    """The newest draft of a page as it will be at a moment that the operator chooses."""

    permission_required = "wagtailadmin.access_admin"
    template_name = "cms/operators/preview_at.html"
    header_icon = "view"
    page_title = _("The page at another time")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.shown = get_object_or_404(Page, pk=kwargs["pk"])
        if request.user.is_authenticated and not self.shown.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[tuple[str, str]]:
        return [
            (reverse("wagtailadmin_pages:edit", args=[self.shown.pk]), self.shown.get_admin_display_title())
        ]

    @property
    def moment(self) -> dt.datetime:
        """By the row's own clock; now where nothing, or nothing that is a time, was chosen."""
        try:
            chosen = parse_datetime(self.request.GET.get("at", ""))
        except ValueError:
            chosen = None
        if chosen is None:
            return timezone.now()
        return timezone.make_aware(chosen) if timezone.is_naive(chosen) else chosen

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("draw"):
            page = self.shown.get_latest_revision_as_object()
            answer: HttpResponse = page.make_preview_request(request, f"{AT}{self.moment.isoformat()}")
            return answer
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            shown=self.shown, at=f"{timezone.localtime(self.moment):%Y-%m-%dT%H:%M}", **kwargs
        )
