"""Sends the files of photos, before sessions, languages and compression have been asked: they never change.

Where a web server stands before the site it may send them itself: `MEDIA_URL` is the folder `MEDIA_ROOT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified

from catalog.photos.pictures import FOLDER

_NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}-[0-9]{1,4}\.webp")
_YEAR: Final = "public, max-age=31536000, immutable"


class PhotoMiddleware:
    """Answers below /media/photos/, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = f"{settings.MEDIA_URL}{FOLDER}/"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not request.path_info.startswith(self.prefix):
            return self.get_response(request)
        return _sent(request, request.path_info.removeprefix(self.prefix))


def _sent(request: HttpRequest, name: str) -> HttpResponse:
    if not _NAME.fullmatch(name):
        return HttpResponseNotFound(content_type="text/plain")
    tag = f'"{name[3:]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        try:
            with default_storage.open(f"{FOLDER}/{name}") as file:
                answer = HttpResponse(file.read(), content_type="image/webp")
        except FileNotFoundError:
            return HttpResponseNotFound(content_type="text/plain")
    answer["Cache-Control"] = _YEAR
    answer["ETag"] = tag
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
