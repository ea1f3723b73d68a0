"""What browsers may do with our pages: the looser content policy of the operators' admin, and further headers.

Every page gets the strict policy of the settings. Wagtail's admin carries inline scripts and styles of its own,
so its pages alone, which only signed-in operators reach, are let have them.
"""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

OPERATORS_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "https:", "data:", "blob:"],
    "frame-src": [SELF],
    "object-src": [NONE],
}

#: No page of ours uses these; a script that slipped in could not either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class PageHeadersMiddleware:
    """Stands right inside `csp.middleware.CSPMiddleware`, which writes the policy that is chosen here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        try:
            self.operators = reverse("wagtailadmin_home")
        except NoReverseMatch:
            self.operators = ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self.operators and request.path_info.startswith(self.operators):
            response._csp_update = None  # noqa: SLF001 - django-csp's own marks, set by its decorators
            response._csp_replace = OPERATORS_POLICY  # noqa: SLF001 - see above
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response and _is_personal(request):
            # What a signed-in person saw must not come out of a cache after signing out.
            response["Cache-Control"] = "private, no-store"
        return response


def _is_personal(request: HttpRequest) -> bool:
    """Whether the answer may carry a signed-in person's data. Pages that never asked who calls carry none."""
    session = getattr(request, "session", None)
    return session is not None and session.accessed and request.user.is_authenticated
