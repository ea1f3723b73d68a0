"""Addresses of a vendor's pages about what buyers do."""

from django.urls import path

from storefront import desk_views

app_name = "learning"
urlpatterns = [
    path("clicks/", desk_views.clicks_page, name="clicks"),
    path("standing/", desk_views.standing_page, name="standing"),
    path("demand/", desk_views.demand_page, name="demand"),
]
