"""Addresses for programs of buyers: /desk-api/requests/…, the same in all languages."""

from django.urls import path

from buyer_requests import api_views

app_name = "requests_api"

urlpatterns = [
    path("", api_views.create, name="create"),
    path("<uuid:public_id>/", api_views.status, name="status"),
    path("<uuid:public_id>/near/<int:position>/", api_views.near, name="near"),
]
