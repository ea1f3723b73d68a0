"""Addresses of this room for everybody: the check of a price list before signing up, and the links of letters."""

from django.urls import path

from price_lists import freshness_views, validator_views

app_name = "price_lists_public"

urlpatterns = [
    path("check-price-list/", validator_views.check, name="check"),
    path("still-in-stock/<str:token>/", freshness_views.still_by_link, name="still"),
]
