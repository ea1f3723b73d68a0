"""Addresses of the pages that show many rooms."""

from django.urls import path

from storefront import compare_views, flag_views, views
from storefront.suggestions import suggestions_page

app_name = "storefront"
urlpatterns = [
    path("search/", views.search_page, name="search"),
    path("search/suggestions/", suggestions_page, name="suggestions"),
    path("categories/", views.categories_page, name="categories"),
    path("categories/<slug:slug>/", views.category_page, name="category"),
    path("vendors/", views.vendors_page, name="vendors"),
    path("vendors/<slug:slug>/", views.vendor_page, name="vendor"),
    path("offers/<int:pk>/", views.offer_page, name="offer"),
    path("offers/<int:pk>/report/", flag_views.report_page, name="report_offer"),
    path("goods/<int:pk>/", views.product_page, name="product"),
    path("compare/", compare_views.compare_page, name="compare"),
    path("compare/change/", compare_views.compare_change, name="compare_change"),
    path("go/<int:pk>/", views.leave, name="leave"),
]
