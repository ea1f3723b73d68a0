"""The paths below a desk or the profile; the same for both."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from api.webhooks import views


def patterns(shown: Callable[[views.View], Any]) -> list[URLPattern]:
    """`shown` is `views.of_vendor` or `views.of_person`."""
    return [
        path("", shown(views.overview), name="list"),
        path("new/", shown(views.new), name="new"),
        path("<int:endpoint_id>/", shown(views.endpoint), name="endpoint"),
        path("<int:endpoint_id>/edit/", shown(views.edit), name="edit"),
        path("<int:endpoint_id>/act/", shown(views.act), name="act"),
        path("<int:endpoint_id>/log/<int:delivery_id>/", shown(views.delivery), name="delivery"),
        path("<int:endpoint_id>/log/<int:delivery_id>/again/", shown(views.resend), name="resend"),
    ]
