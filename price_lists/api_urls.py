"""Addresses for programs: /desk-api/price-lists/…, the same in all languages."""

from django.urls import path

from price_lists import api_views

app_name = "price_lists_api"

urlpatterns = [
    path("<int:source_id>/", api_views.upload, name="upload"),
    path("<int:source_id>/runs/<int:run_id>/", api_views.status, name="status"),
]
