"""Addresses of this room."""

from django.urls import URLPattern

app_name = "price_lists"
urlpatterns: list[URLPattern] = []
