"""Addresses of this room, below a vendor's desk: /desk/<vendor>/price-lists/…"""

from django.urls import path, re_path

from price_lists import views

app_name = "price_lists"

urlpatterns = [
    path("", views.run_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("categories/", views.categories, name="categories"),
    path("categories/accept/", views.accept, name="accept"),
    path("categories/<int:link_id>/", views.category, name="category"),
    path("<int:run_id>/", views.run, name="run"),
    path("<int:run_id>/progress/", views.progress, name="progress"),
    path("<int:run_id>/columns/", views.columns, name="columns"),
    path("<int:run_id>/guess/", views.guess, name="guess"),
    path("<int:run_id>/apply/", views.apply, name="apply"),
    path("<int:run_id>/cancel/", views.cancel, name="cancel"),
    path("<int:run_id>/retry/", views.retry, name="retry"),
    re_path(r"^(?P<run_id>[0-9]{1,18})/report\.(?P<kind>csv|xlsx)$", views.report, name="report"),
]
