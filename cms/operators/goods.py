"""Goods on the operators' desk: which offers are of one and why, doubtful pairs, barcodes in quarantine."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from catalog.models import Product
from cms.operators.lists import ReadOnlyPolicy
from cms.operators.pages import DeskPage, number_of
from core.errors import DomainError
from price_lists.joining import decisions, selectors
from price_lists.joining.enums import ConflictState
from price_lists.joining.errors import OfferNotInGood
from price_lists.joining.models import GtinConflict, OfferPair


class GoodIndex(IndexView):
    page_title = gettext_lazy("Goods")

    def get_base_queryset(self) -> Any:
        return selectors.goods()


class GoodViewSet(ModelViewSet):
    """Goods that offers of several vendors are of; the title leads to the page where they are split and joined."""

    model = Product
    name = "operators_goods"
    url_prefix = "goods"
    icon = "snippet"
    menu_label = gettext_lazy("Goods")
    menu_order = 212
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ["title"]
    index_view_class = GoodIndex
    search_fields = ["title", "brand", "mpn", "gtin"]
    list_display = [
        TitleColumn("title", label=gettext_lazy("Good"), url_name="operators_good", sort_key="title"),
        Column("brand", label=gettext_lazy("Brand"), sort_key="brand"),
        Column("mpn", label=gettext_lazy("Maker's number")),
        Column("gtin", label=gettext_lazy("Barcode")),
        Column("offer_count", label=gettext_lazy("Offers"), sort_key="offer_count"),
        DateColumn("created_at", label=gettext_lazy("Since"), sort_key="created_at"),
    ]

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)


class GoodPage(DeskPage):
    """One good: its offers with the reasons, a way out for each, and a way in."""

    permission_required = "catalog.change_product"
    template_name = "cms/operators/good.html"
    header_icon = "snippet"

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(Product, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.product.title

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_goods:index"), _("Goods"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = selectors.members_of(self.product)
        return super().get_context_data(product=self.product, members=members, **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        members = list(self.product.offers.order_by("pk").values_list("pk", flat=True))
        chosen = number_of(request.POST.get("offer", ""))
        try:
            if request.POST.get("decision") == "join":
                product = decisions.join_offers(
                    offer_id=chosen, other_id=members[0] if members else 0, actor=self.actor
                )
                messages.success(request, _("The offer is of this good now."))
                return HttpResponseRedirect(reverse("operators_good", args=[product.pk]))
            if chosen not in members:
                raise OfferNotInGood
            decisions.split_offer(offer_id=chosen, actor=self.actor)
            messages.success(request, _("The offer stands by itself now and will not be joined again."))
        except DomainError as error:
            messages.error(request, str(error))
        if not Product.objects.filter(pk=self.kwargs["pk"]).exists():
            return HttpResponseRedirect(reverse("operators_goods:index"))
        return HttpResponseRedirect(request.path)


class DoubtfulPairs(DeskPage):
    """Are these one good? Yes, no, next: with the mouse, with Tab and Enter, or with the keys Y and N."""

    permission_required = "catalog.change_product"
    template_name = "cms/operators/pairs.html"
    header_icon = "help"
    page_title = gettext_lazy("Is it one good?")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.open_pairs())
        return super().get_context_data(page=page, doubts=selectors.doubts(page.object_list), **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        pair = get_object_or_404(OfferPair, pk=number_of(request.POST.get("pair", "")))
        answer = request.POST.get("answer")
        if answer not in {"yes", "no"}:
            messages.error(request, _("Choose a decision."))
            return self.back()
        try:
            decisions.answer_pair(pair=pair, is_same=answer == "yes", actor=self.actor)
        except DomainError as error:
            messages.error(request, str(error))
        return self.back()


class BarcodeConflicts(DeskPage):
    """Barcodes that stand on different goods: each is trusted, or joins nothing."""

    permission_required = "catalog.change_product"
    template_name = "cms/operators/barcodes.html"
    header_icon = "warning"
    page_title = gettext_lazy("Barcodes in quarantine")

    @property
    def state(self) -> ConflictState:
        asked = self.request.GET.get("state", "")
        return ConflictState(asked) if asked in ConflictState.values else ConflictState.OPEN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.conflicts(self.state))
        return super().get_context_data(
            page=page,
            found=selectors.quarantines(page.object_list),
            states=ConflictState.choices,
            state=self.state,
            query=f"state={self.state}&",
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        conflict = get_object_or_404(GtinConflict, pk=number_of(request.POST.get("conflict", "")))
        trusted = request.POST.get("answer") == "trust"
        decisions.judge_barcode(conflict=conflict, is_trusted=trusted, actor=self.actor)
        if trusted:
            messages.success(request, _("%(gtin)s joins its offers in a moment.") % {"gtin": conflict.gtin})
        else:
            messages.success(request, _("%(gtin)s joins nothing.") % {"gtin": conflict.gtin})
        return self.back()
