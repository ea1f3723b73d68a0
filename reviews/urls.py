"""Addresses of reviews for buyers and for everybody."""

from django.urls import path

from reviews import views

app_name = "reviews"
urlpatterns = [
    path("requests/<uuid:public_id>/rate/<slug:vendor_slug>/", views.rate_vendor, name="rate"),
    path("pools/<uuid:code>/rate/<slug:vendor_slug>/", views.rate_in_pool, name="rate_pool"),
    path("vendors/<slug:slug>/reviews/", views.reviews_page, name="vendor"),
]
