"""Addresses of this room, below a vendor's desk: /desk/<vendor>/price-lists/…"""

from django.urls import path, re_path

from price_lists import (
    freshness_views,
    name_views,
    photo_views,
    source_views,
    upload_views,
    version_views,
    views,
)

app_name = "price_lists"

urlpatterns = [
    path("", views.run_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("parts/", upload_views.part_new, name="part_new"),
    path("parts/<uuid:upload_id>/", upload_views.part, name="part"),
    path("parts/<uuid:upload_id>/<int:offset>/", upload_views.part_append, name="part_append"),
    path("parts/<uuid:upload_id>/finish/", upload_views.part_finish, name="part_finish"),
    path("parts/<uuid:upload_id>/discard/", upload_views.part_discard, name="part_discard"),
    path("sources/", source_views.source_list, name="sources"),
    path("sources/new/", source_views.source_new, name="source_new"),
    path("sources/<int:source_id>/", source_views.source, name="source"),
    path("sources/<int:source_id>/edit/", source_views.source_edit, name="source_edit"),
    path("sources/<int:source_id>/sync/", source_views.source_sync, name="source_sync"),
    path("sources/<int:source_id>/pause/", source_views.source_pause, name="source_pause"),
    path("sources/<int:source_id>/forget/", source_views.source_forget, name="source_forget"),
    path("sources/<int:source_id>/remove/", source_views.source_remove, name="source_remove"),
    path("sources/<int:source_id>/keys/", source_views.source_key, name="source_key"),
    path(
        "sources/<int:source_id>/keys/<int:key_id>/back/",
        source_views.source_key_back,
        name="source_key_back",
    ),
    path("<int:run_id>/as-partial/", source_views.as_partial, name="as_partial"),
    path("photos/", photo_views.photo_list, name="photos"),
    path("photos/again/", photo_views.photos_again, name="photos_again"),
    path("names/", name_views.held_names, name="names"),
    path("still-in-stock/", freshness_views.still, name="still"),
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
    path("sources/<int:source_id>/versions/", version_views.version_list, name="versions"),
    path("sources/<int:source_id>/compare/", version_views.compare, name="compare"),
    path("sources/<int:source_id>/compare.xlsx", version_views.comparison, name="comparison"),
    path("<int:run_id>/restore/", version_views.restore, name="restore"),
    path("<int:run_id>/original/", version_views.original, name="original"),
    path("<int:run_id>/reports/", version_views.run_reports, name="reports"),
    re_path(
        r"^(?P<run_id>[0-9]{1,18})/(?P<kind>errors|made|left|taken|remarks)\.xlsx$",
        version_views.report_book,
        name="report_book",
    ),
]
