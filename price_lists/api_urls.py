"""Addresses for programs: /desk-api/price-lists/…, the same in all languages."""

from django.urls import re_path

from price_lists import api_views

app_name = "price_lists_api"

urlpatterns = [
    re_path(r"^(?P<source_id>[0-9]{1,18})/$", api_views.upload, name="upload"),
    re_path(r"^(?P<source_id>[0-9]{1,18})/runs/(?P<run_id>[0-9]{1,18})/$", api_views.status, name="status"),
]
