"""Addresses of requests and bids on the vendor's desk."""

from django.urls import URLPattern

app_name = "requests_desk"
urlpatterns: list[URLPattern] = []
