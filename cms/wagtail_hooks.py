"""What the operators' desk adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.operators import attributes, categories, goods, jobs, names, photos, queue, vendors, words
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
        path("photos/", photos.Photos.as_view(), name="operators_photos"),
        path("job/<uuid:pk>/", jobs.JobPage.as_view(), name="operators_job"),
        path("good/<int:pk>/", goods.GoodPage.as_view(), name="operators_good"),
        path("pairs/", goods.DoubtfulPairs.as_view(), name="operators_pairs"),
        path("barcodes/", goods.BarcodeConflicts.as_view(), name="operators_barcodes"),
        path("vendor/<int:pk>/", vendors.VendorDecision.as_view(), name="operators_vendor"),
    ]


@hooks.register("register_admin_menu_item")
def category_menu() -> MenuItem:
    return _PermittedItem(
        _("Categories"),
        reverse("operators_categories"),
        name="categories",
        icon_name="list-ul",
        order=200,
        permission="catalog.change_category",
    )


@hooks.register("register_admin_menu_item")
def category_queue_menu() -> MenuItem:
    return _PermittedItem(
        _("Categories to decide"),
        reverse("operators_category_queue"),
        name="category-queue",
        icon_name="help",
        order=202,
        permission="catalog.change_category",
    )


@hooks.register("register_admin_menu_item")
def attributes_menu() -> MenuItem:
    return _PermittedItem(
        _("Attributes"),
        reverse("operators_attributes"),
        name="attributes",
        icon_name="tag",
        order=204,
        permission="catalog.change_category",
    )


@hooks.register("register_admin_menu_item")
def words_menu() -> MenuItem:
    return _PermittedItem(
        _("Remembered words"),
        reverse("operators_words"),
        name="remembered-words",
        icon_name="form",
        order=222,
        permission="catalog.change_category",
    )


@hooks.register("register_admin_menu_item")
def name_rules_menu() -> MenuItem:
    return _PermittedItem(
        _("Rules about names"),
        reverse("operators_name_rules"),
        name="name-rules",
        icon_name="form",
        order=224,
        permission="price_lists.change_titlerule",
    )


@hooks.register("register_admin_menu_item")
def pairs_menu() -> MenuItem:
    return _PermittedItem(
        _("Doubtful pairs"),
        reverse("operators_pairs"),
        name="pairs",
        icon_name="help",
        order=214,
        permission="catalog.change_product",
    )


@hooks.register("register_admin_menu_item")
def barcodes_menu() -> MenuItem:
    return _PermittedItem(
        _("Barcodes in quarantine"),
        reverse("operators_barcodes"),
        name="barcodes",
        icon_name="warning",
        order=216,
        permission="catalog.change_product",
    )


@hooks.register("register_admin_menu_item")
def photos_menu() -> MenuItem:
    return _PermittedItem(
        _("Photos"),
        reverse("operators_photos"),
        name="photos",
        icon_name="image",
        order=218,
        permission="catalog.change_product",
    )


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [VendorViewSet(), goods.GoodViewSet(), ImportViewSet(), RequestViewSet(), jobs.JobViewSet()]
