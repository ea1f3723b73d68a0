"""Sending a price list from a program with a key of one source: no session, no cookie, JSON alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError, InvalidInput, NotFound
from core.limits import client_address, limit
from price_lists import services
from price_lists.models import ImportRun, Source, UploadKey
from price_lists.services.imports import MOVING, start
from price_lists.sources import reads, registering
from price_lists.upload_views import failure
from vendors.enums import VendorState

UPLOADS = "60/h"
READS = "600/h"
GUESSES = "30/m"


class NoKey(DomainError):
    """No key, a wrong one, one of another source, or one that was taken back: all the same."""

    status = 401
    message = _("The key is missing or opens nothing here.")
    remedy = _("Send the header “Authorization: Bearer …” with a key from the source's page.")


@csrf_exempt
@require_POST
@never_cache
def upload(request: HttpRequest, source_id: int) -> HttpResponse:
    """A new version of the source: multipart with the field `file`."""
    try:
        source, key = _opened(request, source_id)
        limit(f"price_lists.api:{source.pk}", UPLOADS)
        file = request.FILES.get("file")
        if file is None:
            raise MissingFile("file_missing", field="file", value="")
        run, is_new = services.receive_upload(
            vendor=source.vendor,
            source=source,
            file=file,
            original_name=file.name or source.name,
            user=key.created_by,
            auto_apply=True,
        )
        if is_new:
            start(run=run)
    except DomainError as error:
        return _failure(error)
    return JsonResponse(_status(request, run) | {"is_new": is_new}, status=202 if is_new else 200)


@require_GET
@never_cache
def status(request: HttpRequest, source_id: int, run_id: int) -> HttpResponse:
    """How an import is getting on."""
    try:
        source, _key = _opened(request, source_id)
        limit(f"price_lists.api_reads:{source.pk}", READS)
        run = ImportRun.objects.filter(source=source, pk=run_id).select_related("vendor").first()
        if run is None:
            raise NotFound("unknown_run")
    except DomainError as error:
        return _failure(error)
    return JsonResponse(_status(request, run))


class MissingFile(InvalidInput):
    message = _("The request carries no file.")
    remedy = _("Send it as multipart/form-data in the field “file”: curl -F file=@list.xlsx …")


def _opened(request: HttpRequest, source_id: int) -> tuple[Source, UploadKey]:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    opened = None
    if scheme.lower() == "bearer" and secret.strip():
        opened = registering.source_of_key(source_id=source_id, secret=secret.strip())
    if opened is None or opened[0].vendor.state != VendorState.APPROVED:
        limit(f"price_lists.api_guesses:{client_address(request)}", GUESSES)
        raise NoKey("no_key")
    return opened


def _status(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    page = reverse("price_lists:run", args=[run.vendor.slug, run.pk])
    here = reverse("price_lists_api:status", args=[run.source_id, run.pk])
    error = None
    if run.error_code:
        message, remedy = reads.in_words(
            run.error_code, (run.inspection or {}).get("refusal", {}).get("context", {})
        )
        error = {
            "code": run.error_code,
            "message": message or run.error,
            "field": "file",
            "value": None,
            "remedy": remedy or None,
        }
    return {
        "run": run.pk,
        "state": run.state,
        "moves": run.state in MOVING,
        "url": request.build_absolute_uri(page),
        "status_url": request.build_absolute_uri(here),
        "counts": services.report_counts(run),
        "error": error,
    }


def _failure(error: DomainError) -> JsonResponse:
    answer = failure(error)
    if isinstance(error, NoKey):
        answer["WWW-Authenticate"] = 'Bearer realm="price lists"'
    return answer
