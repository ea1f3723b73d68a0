"""What the operators' desk adds to Wagtail's admin."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import page_hooks  # noqa: F401 - registers what the pages of the site add
from cms.operators import (
    attributes,
    bidding,
    bulk,
    categories,
    checklist,
    coverage,
    goods,
    jobs,
    journal,
    names,
    people,
    photos,
    placements,
    queue,
    reviews,
    routes,
    searches,
    suggested,
    synonyms,
    tree_import,
    tree_operations,
    tree_revisions,
    trust,
    tuning,
    vendors,
    words,
)
from cms.operators.dashboard import views as dashboard
from cms.operators.inbox import views as inbox
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
            f"{tree}<int:pk>/rename/",
            tree_revisions.RenameCategory.as_view(),
            name="operators_category_rename",
        ),
        path(f"{tree}<int:pk>/move/", tree_operations.MoveCategory.as_view(), name="operators_category_move"),
        path(
            f"{tree}<int:pk>/merge/", tree_operations.MergeCategory.as_view(), name="operators_category_merge"
        ),
        path(
            f"{tree}<int:pk>/delete/",
            tree_operations.DeleteCategory.as_view(),
            name="operators_category_delete",
        ),
        path(
            f"{tree}<int:pk>/split/", tree_operations.SplitCategory.as_view(), name="operators_category_split"
        ),
        path(
            f"{tree}<int:pk>/history/",
            tree_revisions.CategoryHistory.as_view(),
            name="operators_category_history",
        ),
        path(f"{tree}proposals/", tree_revisions.Proposals.as_view(), name="operators_category_proposals"),
        path(f"{tree}done/", tree_operations.TreeOperations.as_view(), name="operators_tree_operations"),
        path(
            f"{tree}done/<int:number>/",
            tree_operations.TreeOperationPage.as_view(),
            name="operators_tree_operation",
        ),
        path(f"{tree}import/", tree_import.UploadTaxonomy.as_view(), name="operators_taxonomies"),
        path(f"{tree}import/<int:number>/", tree_import.TaxonomyPage.as_view(), name="operators_taxonomy"),
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
        path("attributes/coverage/", coverage.CoveragePage.as_view(), name="operators_coverage"),
        path(
            "attributes/coverage/<int:category>/<int:attribute>/",
            coverage.CoverageVendors.as_view(),
            name="operators_coverage_vendors",
        ),
        path("attributes/fill/", coverage.Fill.as_view(), name="operators_fill"),
        path("offers/", bulk.Offers.as_view(), name="operators_offers"),
        path("offers/change/", bulk.ChangeOffers.as_view(), name="operators_bulk_change"),
        path("offers/changes/", bulk.BulkEdits.as_view(), name="operators_bulk_edits"),
        path("offers/changes/<int:pk>/", bulk.BulkEditPage.as_view(), name="operators_bulk_edit"),
        path("words/", words.RememberedWords.as_view(), name="operators_words"),
        path("searches/", searches.SearchReports.as_view(), name="operators_searches"),
        path("searches/suggested/", suggested.SuggestedQueries.as_view(), name="operators_suggested"),
        path("searches/query/", searches.QueryPage.as_view(), name="operators_query"),
        path("clicks/", searches.ShopClicks.as_view(), name="operators_shop_clicks"),
        path("search/order/", tuning.Ranking.as_view(), name="operators_ranking"),
        path("search/synonyms/", synonyms.Synonyms.as_view(), name="operators_synonyms"),
        path("search/stop-words/", synonyms.StopWords.as_view(), name="operators_stop_words"),
        path("search/places/", placements.Placements.as_view(), name="operators_placements"),
        path("search/places/<int:pk>/", placements.PlacementPage.as_view(), name="operators_placement"),
        path("search/pages/", routes.Routes.as_view(), name="operators_routes"),
        path("search/replay/<int:pk>/", tuning.ReplayPage.as_view(), name="operators_replay"),
        path("bidding/", bidding.Bidding.as_view(), name="operators_bidding"),
        path("held-requests/", trust.HeldRequests.as_view(), name="operators_held_requests"),
        path("dashboard/", dashboard.Dashboard.as_view(), name="operators_dashboard"),
        path("inbox/", inbox.Inbox.as_view(), name="operators_inbox"),
        path("inbox/many/", inbox.InboxMany.as_view(), name="operators_inbox_many"),
        path("inbox/<str:item>/", inbox.InboxItem.as_view(), name="operators_inbox_item"),
        path("vendor/<int:pk>/checklist/", checklist.VendorChecklist.as_view(), name="operators_checklist"),
        path("photos/", photos.Photos.as_view(), name="operators_photos"),
        path("reviews/", reviews.Reviews.as_view(), name="operators_reviews"),
        path("job/<uuid:pk>/", jobs.JobPage.as_view(), name="operators_job"),
        path("good/<int:pk>/", goods.GoodPage.as_view(), name="operators_good"),
        path("pairs/", goods.DoubtfulPairs.as_view(), name="operators_pairs"),
        path("barcodes/", goods.BarcodeConflicts.as_view(), name="operators_barcodes"),
        path("people/", people.DeskPeople.as_view(), name="operators_people"),
        path("journal/", journal.Journal.as_view(), name="operators_journal"),
        path("vendor/<int:pk>/", vendors.VendorDecision.as_view(), name="operators_vendor"),
    ]


#: Label, name of the page's URL, name of the item, icon, place, right.
_MENU = (
    (_("How the row does"), "operators_dashboard", "dashboard", "home", 90, "wagtailadmin.access_admin"),
    (_("Inbox"), "operators_inbox", "inbox", "mail", 100, "wagtailadmin.access_admin"),
    (_("Categories"), "operators_categories", "categories", "list-ul", 200, "catalog.change_category"),
    (_("Categories to decide"), "operators_category_queue", "category-queue", "help", 202, "catalog.change_category"),
    (_("Attributes"), "operators_attributes", "attributes", "tag", 204, "catalog.change_category"),
    (_("What is known of offers"), "operators_coverage", "coverage", "table", 206, "catalog.change_category"),
    (_("Offers"), "operators_offers", "offers", "tag", 208, "catalog.change_offer"),
    (_("Pages to mend"), "operators_pages_to_mend", "pages-to-mend", "warning", 132, "cms.view_menu"),
    (_("Does help help?"), "operators_help", "help-usefulness", "help", 134, "cms.view_menu"),
    (_("Doubtful pairs"), "operators_pairs", "pairs", "help", 214, "catalog.change_product"),
    (_("Barcodes in quarantine"), "operators_barcodes", "barcodes", "warning", 216, "catalog.change_product"),
    (_("Photos"), "operators_photos", "photos", "image", 218, "catalog.change_photo"),
    (_("Remembered words"), "operators_words", "remembered-words", "form", 222, "catalog.change_category"),
    (_("Rules about names"), "operators_name_rules", "name-rules", "form", 224, "price_lists.change_titlerule"),
    (_("Searches"), "operators_searches", "searches", "search", 225, "search.change_rankingweights"),
    (_("Order of results"), "operators_ranking", "ranking", "order", 226, "search.change_rankingweights"),
    (_("Synonyms"), "operators_synonyms", "synonyms", "search", 228, "search.change_rankingweights"),
    (_("Words left out"), "operators_stop_words", "stop-words", "search", 228, "search.change_rankingweights"),
    (_("Places in the results"), "operators_placements", "placements", "pick", 228, "search.change_rankingweights"),
    (_("Queries that lead to a page"), "operators_routes", "query-routes", "redirect", 228, "search.change_rankingweights"),
    (_("Automatic bids"), "operators_bidding", "bidding", "cog", 229, "buyer_requests.change_biddingstop"),
    (_("Requests held back"), "operators_held_requests", "held-requests", "warning", 231, "buyer_requests.change_requesthold"),
    (_("Reported reviews"), "operators_reviews", "reported-reviews", "pick", 229, "reviews.change_review"),
    (_("Clicks to shops"), "operators_shop_clicks", "shop-clicks", "link-external", 230, "vendors.view_vendor"),
    (_("Journal"), "operators_journal", "journal", "history", 242, "core.view_auditentry"),
    (_("People of the desk"), "operators_people", "desk-people", "user", 244, "accounts.change_operatorinvitation"),
)  # fmt: skip


def _menu_item(row: tuple[Any, str, str, str, int, str]) -> MenuItem:
    label, page, name, icon, order, permission = row
    return _PermittedItem(label, reverse(page), name=name, icon_name=icon, order=order, permission=permission)


for _row in _MENU:
    hooks.register("register_admin_menu_item", partial(_menu_item, _row))


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [VendorViewSet(), goods.GoodViewSet(), ImportViewSet(), RequestViewSet(), jobs.JobViewSet()]


@hooks.register("construct_homepage_panels")
def dashboard_panel(_request: HttpRequest, panels: list[Any]) -> None:
    panels.append(dashboard.DashboardPanel())
