"""Addresses of requests and bids on the vendor's desk."""

from django.urls import path

from buyer_requests.views import desk

app_name = "requests_desk"
urlpatterns = [
    path("", desk.fitting, name="list"),
    path("all/", desk.every, name="all"),
    path("bids/", desk.bids, name="bids"),
    path("categories/", desk.categories, name="categories"),
    path("<uuid:public_id>/", desk.detail, name="detail"),
    path("<uuid:public_id>/withdraw/", desk.withdraw, name="withdraw"),
    path("<uuid:public_id>/ask/", desk.ask, name="ask"),
]
