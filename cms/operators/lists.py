"""Lists that operators look things up in: vendors with decisions, imports and requests to read."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from buyer_requests.models import BuyerRequest
from price_lists.guard_words import in_words
from price_lists.models import ImportRun
from vendors.models import Vendor, VendorFigure
from vendors.score.measures import Measure, measures
from vendors.score.selectors import shown


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Nobody adds, changes or deletes here, superusers included: rooms do it through their services."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return "view" in actions and super().user_has_permission(user, "view")


class VendorFilter(WagtailFilterSet):
    class Meta:
        model = Vendor
        fields = ["state", "participation", "city"]


class VendorIndex(IndexView):
    """Sorted by any measure of the score cards, of which the newest figures are read, never counted."""

    def get_base_queryset(self) -> QuerySet[Vendor]:
        newest = VendorFigure.objects.aggregate(day=Max("day"))["day"]
        figure = VendorFigure.objects.filter(vendor=OuterRef("pk"), day=newest)
        values = {
            f"score_{measure.key}": Subquery(figure.filter(measure=measure.key).values("value")[:1])
            for measure in measures()
        }
        return Vendor.objects.annotate(**values).order_by("state", "name")


def _score_columns() -> list[Column]:
    return [
        Column(
            f"score_{measure.key}",
            label=measure.label,
            accessor=partial(_score_of, measure),
            sort_key=f"score_{measure.key}",
        )
        for measure in measures()
    ]


def _score_of(measure: Measure, vendor: Any) -> str:
    value = getattr(vendor, f"score_{measure.key}")
    return "–" if value is None else shown(measure, value)


class VendorViewSet(ModelViewSet):
    """Vendors by state; the title leads to the page where one is decided about."""

    model = Vendor
    name = "operators_vendors"
    url_prefix = "vendors"
    icon = "group"
    menu_label = _("Vendors")
    menu_order = 210
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ["name"]
    index_view_class = VendorIndex
    filterset_class = VendorFilter
    search_fields = ["name", "legal_name", "tax_id", "email", "city"]
    list_display = [
        TitleColumn("name", label=_("Vendor"), url_name="operators_vendor", sort_key="name"),
        StatusTagColumn("get_state_display", label=_("State"), sort_key="state"),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.list_display = [*self.list_display, *_score_columns()]
        super().__init__(*args, **kwargs)

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)


class ImportFilter(WagtailFilterSet):
    created_at = django_filters.DateFromToRangeFilter(label=_("Started"))

    class Meta:
        model = ImportRun
        fields = ["state", "vendor"]


class ImportIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[ImportRun]:
        return ImportRun.objects.select_related("vendor", "source", "price_list").order_by("-pk")


def counts_of(run: ImportRun) -> str:
    """new/changed/withdrawn/errors in one short cell."""
    return " / ".join(str(run.counts.get(name, 0)) for name in ("new", "changed", "withdrawn", "errors"))


class LabelledInspect(InspectView):
    """One object to read, its fields called as in the list: models name theirs for developers, in English."""

    labels: ClassVar[dict[str, Any]] = {}

    def get_field_label(self, field_name: str, field: Any) -> str:
        return str(self.labels.get(field_name) or super().get_field_label(field_name, field))

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        value = getattr(self.object, field_name)
        if isinstance(value, dt.datetime):  # Wagtail prints it as it is stored, in UTC
            return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        return super().get_field_display_value(field_name, field)


class ImportInspect(LabelledInspect):
    labels: ClassVar[dict[str, Any]] = {
        "vendor": _("Vendor"),
        "price_list": _("File"),
        "state": _("State"),
        "counts": _("New / changed / withdrawn / errors"),
        "guard": _("Why it is held"),
        "error": _("Error"),
        "created_at": _("Started"),
    }

    def get_counts_display_value(self) -> str:
        return counts_of(self.object)

    def get_guard_display_value(self) -> str:
        return (
            " ".join(f"{reason['title']} {reason['text']}" for reason in in_words(self.object.guard)) or "–"
        )


class ImportViewSet(ModelViewSet):
    model = ImportRun
    name = "operators_imports"
    url_prefix = "imports"
    icon = "download"
    menu_label = _("Imports")
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = [
        "vendor",
        "price_list",
        "state",
        "counts",
        "guard",
        "error",
        "created_at",
    ]
    form_fields = ["state"]
    index_view_class = ImportIndex
    inspect_view_class = ImportInspect
    filterset_class = ImportFilter
    list_display = [
        TitleColumn("pk", label=_("Import"), url_name="operators_imports:inspect"),
        Column("vendor", label=_("Vendor")),
        Column("price_list", label=_("File")),
        StatusTagColumn("get_state_display", label=_("State"), sort_key="state"),
        Column("counts", label=_("New / changed / withdrawn / errors"), accessor=counts_of),
        DateColumn("created_at", label=_("Started"), sort_key="created_at"),
    ]

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)


class RequestFilter(WagtailFilterSet):
    class Meta:
        model = BuyerRequest
        fields = ["state", "audience"]


class RequestIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[BuyerRequest]:
        return BuyerRequest.objects.annotate(line_count=Count("lines", distinct=True)).order_by("-pk")


def deadline_of(request: BuyerRequest) -> str:
    """The date itself: Wagtail's column says "just now" of everything that is still ahead."""
    if request.deadline_at is None:
        return ""
    return date_format(timezone.localtime(request.deadline_at), "SHORT_DATETIME_FORMAT")


class RequestInspect(LabelledInspect):
    labels: ClassVar[dict[str, Any]] = {
        "title": _("Request"),
        "notes": _("Notes for vendors"),
        "place": _("Place of delivery"),
        "state": _("State"),
        "audience": _("Who may see it"),
        "deadline_at": _("Bids until"),
        "published_at": _("Published"),
    }


class RequestViewSet(ModelViewSet):
    """Requests without their bids: prices of bidders are none of the operators' business."""

    model = BuyerRequest
    name = "operators_requests"
    url_prefix = "requests"
    icon = "clipboard-list"
    menu_label = _("Requests")
    menu_order = 230
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["title", "notes", "place", "state", "audience", "deadline_at", "published_at"]
    form_fields = ["title"]
    index_view_class = RequestIndex
    inspect_view_class = RequestInspect
    filterset_class = RequestFilter
    search_fields = ["title"]
    list_display = [
        TitleColumn("title", label=_("Request"), url_name="operators_requests:inspect"),
        StatusTagColumn("get_state_display", label=_("State"), sort_key="state"),
        Column("get_audience_display", label=_("Who may see it")),
        Column("line_count", label=_("Lines")),
        Column("deadline_at", label=_("Bids until"), sort_key="deadline_at", accessor=deadline_of),
        DateColumn("published_at", label=_("Published"), sort_key="published_at"),
    ]

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)
