"""What the operators' desk adds to Wagtail's admin."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.operators import (
    attributes,
    bidding,
    categories,
    goods,
    jobs,
    names,
    photos,
    queue,
    reviews,
    searches,
    suggested,
    trust,
    tuning,
    vendors,
    words,
)
from cms.operators.lists import ImportViewSet, RequestViewSet, VendorViewSet


class _PermittedItem(MenuItem):
    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    tree = "categories/"
    return [
        path(tree, categories.CategoryTree.as_view(), name="operators_categories"),
        path(f"{tree}add/", categories.AddCategory.as_view(), name="operators_category_add"),
        path(f"{tree}<int:pk>/add/", categories.AddCategory.as_view(), name="operators_category_add_below"),
        path(
            f"{tree}<int:pk>/rename/", categories.RenameCategory.as_view(), name="operators_category_rename"
        ),
        path(f"{tree}<int:pk>/move/", categories.MoveCategory.as_view(), name="operators_category_move"),
        path(f"{tree}<int:pk>/merge/", categories.MergeCategory.as_view(), name="operators_category_merge"),
        path(
            f"{tree}<int:pk>/delete/", categories.DeleteCategory.as_view(), name="operators_category_delete"
        ),
        path(f"{tree}queue/", queue.CategoryQueue.as_view(), name="operators_category_queue"),
        path(f"{tree}queue/goods/", queue.UnsureGoods.as_view(), name="operators_unsure_goods"),
        path("names/", names.NameRulesPage.as_view(), name="operators_name_rules"),
        path("names/held/", names.HeldNames.as_view(), name="operators_held_names"),
        path(
            f"{tree}<int:pk>/attributes/",
            attributes.CategoryAttributes.as_view(),
            name="operators_category_attributes",
        ),
        path("attributes/", attributes.Attributes.as_view(), name="operators_attributes"),
        path("attributes/add/", attributes.EditAttribute.as_view(), name="operators_attribute_add"),
        path("attributes/<int:pk>/", attributes.EditAttribute.as_view(), name="operators_attribute"),
        path(
            "attributes/<int:pk>/delete/",
            attributes.DeleteAttribute.as_view(),
            name="operators_attribute_delete",
        ),
        path("words/", words.RememberedWords.as_view(), name="operators_words"),
        path("searches/", searches.SearchReports.as_view(), name="operators_searches"),
        path("searches/suggested/", suggested.SuggestedQueries.as_view(), name="operators_suggested"),
        path("searches/query/", searches.QueryPage.as_view(), name="operators_query"),
        path("clicks/", searches.ShopClicks.as_view(), name="operators_shop_clicks"),
        path("search/order/", tuning.Ranking.as_view(), name="operators_ranking"),
        path("search/synonyms/", tuning.Synonyms.as_view(), name="operators_synonyms"),
        path("search/replay/<int:pk>/", tuning.ReplayPage.as_view(), name="operators_replay"),
        path("bidding/", bidding.Bidding.as_view(), name="operators_bidding"),
        path("held-requests/", trust.HeldRequests.as_view(), name="operators_held_requests"),
        path("photos/", photos.Photos.as_view(), name="operators_photos"),
        path("reviews/", reviews.Reviews.as_view(), name="operators_reviews"),
        path("job/<uuid:pk>/", jobs.JobPage.as_view(), name="operators_job"),
        path("good/<int:pk>/", goods.GoodPage.as_view(), name="operators_good"),
        path("pairs/", goods.DoubtfulPairs.as_view(), name="operators_pairs"),
        path("barcodes/", goods.BarcodeConflicts.as_view(), name="operators_barcodes"),
        path("vendor/<int:pk>/", vendors.VendorDecision.as_view(), name="operators_vendor"),
    ]


#: Label, name of the page's URL, name of the item, icon, place, right.
_MENU = (
    (_("Categories"), "operators_categories", "categories", "list-ul", 200, "catalog.change_category"),
    (_("Categories to decide"), "operators_category_queue", "category-queue", "help", 202, "catalog.change_category"),
    (_("Attributes"), "operators_attributes", "attributes", "tag", 204, "catalog.change_category"),
    (_("Doubtful pairs"), "operators_pairs", "pairs", "help", 214, "catalog.change_product"),
    (_("Barcodes in quarantine"), "operators_barcodes", "barcodes", "warning", 216, "catalog.change_product"),
    (_("Photos"), "operators_photos", "photos", "image", 218, "catalog.change_photo"),
    (_("Remembered words"), "operators_words", "remembered-words", "form", 222, "catalog.change_category"),
    (_("Rules about names"), "operators_name_rules", "name-rules", "form", 224, "price_lists.change_titlerule"),
    (_("Searches"), "operators_searches", "searches", "search", 225, "search.change_rankingweights"),
    (_("Order of results"), "operators_ranking", "ranking", "order", 226, "search.change_rankingweights"),
    (_("Synonyms"), "operators_synonyms", "synonyms", "search", 228, "search.change_rankingweights"),
    (_("Automatic bids"), "operators_bidding", "bidding", "cog", 229, "buyer_requests.change_biddingstop"),
    (_("Requests held back"), "operators_held_requests", "held-requests", "warning", 231, "buyer_requests.change_requesthold"),
    (_("Reported reviews"), "operators_reviews", "reported-reviews", "pick", 229, "reviews.change_review"),
    (_("Clicks to shops"), "operators_shop_clicks", "shop-clicks", "link-external", 230, "vendors.view_vendor"),
)  # fmt: skip


def _menu_item(row: tuple[Any, str, str, str, int, str]) -> MenuItem:
    label, page, name, icon, order, permission = row
    return _PermittedItem(label, reverse(page), name=name, icon_name=icon, order=order, permission=permission)


for _row in _MENU:
    hooks.register("register_admin_menu_item", partial(_menu_item, _row))


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [VendorViewSet(), goods.GoodViewSet(), ImportViewSet(), RequestViewSet(), jobs.JobViewSet()]
