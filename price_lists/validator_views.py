"""The check of a price list for anybody: the file is read, the report is drawn, and nothing of either is kept."""

from __future__ import annotations

import contextlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.limits import rate_limited
from price_lists.validator import checking
from price_lists.validator.receiving import IntoFolder
from price_lists.validator.showing import shown

_TEMPLATE = "price_lists/check.html"


@rate_limited("price_lists.check", "20/h")  # outermost: one over the limit is refused before its file is read
@csrf_exempt  # for the handler below must be there before anything reads the body; `_checked` asks for the token
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponseBase:
    """The form, and on sending it the report in the same answer."""
    if request.method != "POST":
        return _page(request, {})
    with checking.folder() as folder:
        handler = IntoFolder(folder, most=checking.Limits.now().size)
        request.upload_handlers = [handler]
        with contextlib.closing(handler):
            return _checked(request, handler=handler)


@csrf_protect
def _checked(request: HttpRequest, *, handler: IntoFolder) -> HttpResponse:
    request.POST.dict()  # reads the body, if the search for the token has not
    if handler.is_too_big:
        size = checking.Limits.now().size // (1024 * 1024)
        return _page(
            request, {"error": _("The file is larger than %(size)d MB.") % {"size": size}}, status=413
        )
    if not handler.is_complete:
        return _page(request, {"error": _("Choose a file first.")}, status=422)
    try:
        report = checking.check(handler.path, name=handler.name, language=get_language() or "uk")
    except DomainError as error:
        return _page(request, {"error": str(error)}, status=error.status)
    status = 422 if report["refusal"] else 200
    return _page(request, {"report": shown(report), "file_name": handler.name}, status=status)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, _TEMPLATE, {"limits": checking.Limits.now(), **context}, status=status)
