"""Sending a large price list piece by piece: what the upload page's script speaks. JSON, for the vendor's people alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import uploads
from core.errors import DomainError, InvalidInput, TooMany
from core.limits import limit
from price_lists import services
from price_lists.sources import reads
from vendors.access import DeskRequest, desk_view

if TYPE_CHECKING:
    from accounts.models import User

P = ParamSpec("P")
#: Bytes that the script sends at once.
PIECE = uploads.MAX_PIECE // 2


def _said(
    view: Callable[Concatenate[Any, P], HttpResponse],
) -> Callable[Concatenate[Any, P], HttpResponse]:
    """Errors as JSON, so that the script can show them in words."""

    @wraps(view)
    def answered(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            if error.status == 404:
                raise
            return failure(error)

    return cast("Callable[Concatenate[Any, P], HttpResponse]", answered)  # `wraps` gives it a type of its own


def failure(error: DomainError) -> JsonResponse:
    """An error with its code, field, value and remedy."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": str(error),
        "field": getattr(error, "field", "") or None,
        "value": error.context.get("value"),
        "remedy": str(getattr(error, "remedy", "")) or None,
    }
    if isinstance(error, uploads.WrongOffset):
        body["offset"] = error.context["offset"]
    answer = JsonResponse({"error": body}, status=error.status)
    if isinstance(error, TooMany):
        answer["Retry-After"] = str(error.retry_after)
    return answer


@desk_view()
@require_POST
@never_cache
@_said
def part_new(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Begins an upload: {name, size} → {id, offset, piece}."""
    limit(f"price_lists.parts:{request.user.pk}", "60/h")
    try:
        said = json.loads(request.body)
        name, size = str(said["name"]), int(said["size"])
        name.encode()  # a lone surrogate fits into no database
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise InvalidInput("name_and_size", field="size") from None
    upload = uploads.create(
        owner=_owner(request),
        actor=cast("User", request.user).typed_id,
        name=name.replace("\0", ""),
        size=size,
        limit=settings.PRICE_LIST_MAX_BYTES,
    )
    return JsonResponse({"id": str(upload.pk), "offset": 0, "piece": PIECE}, status=201)


@desk_view()
@require_GET
@never_cache
@_said
def part(request: DeskRequest, vendor_slug: str, upload_id: UUID) -> HttpResponse:
    """How far it is."""
    upload = uploads.find(upload_id=upload_id, owner=_owner(request))
    return JsonResponse(
        {"offset": uploads.offset_of(upload), "size": upload.size, "name": upload.name, "piece": PIECE}
    )


@desk_view()
@require_POST
@never_cache
@_said
def part_append(request: DeskRequest, vendor_slug: str, upload_id: UUID, offset: int) -> HttpResponse:
    """A piece that begins at `offset`; answers with the offset of the next one, 409 with the right one if it is wrong."""
    upload = uploads.find(upload_id=upload_id, owner=_owner(request))
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        raise InvalidInput("length_required", field="Content-Length")
    end = uploads.append(upload=upload, offset=offset, piece=cast("Any", request), length=int(length[:12]))
    return JsonResponse({"offset": end})


@desk_view()
@require_POST
@never_cache
@_said
def part_finish(request: DeskRequest, vendor_slug: str, upload_id: UUID) -> HttpResponse:
    """The whole file becomes an import: → {run, url}."""
    upload = uploads.find(upload_id=upload_id, owner=_owner(request))
    chosen = request.POST.get("source", "")
    source = None
    if chosen:
        if not chosen.isdecimal():
            raise InvalidInput("unknown_source", field="source")
        source = reads.source_of(vendor=request.vendor, source_id=int(chosen[:18]))
    with uploads.whole(upload=upload) as file:
        run, is_new = services.receive_upload(
            vendor=request.vendor,
            source=source,
            file=File(file, name=upload.name),
            original_name=upload.name,
            user=cast("User", request.user),
            only_check=bool(request.POST.get("only_check")),
        )
    if is_new:
        services.begin(run=run)
    return JsonResponse({"run": run.pk, "url": reverse("price_lists:run", args=[vendor_slug, run.pk])})


@desk_view()
@require_POST
@_said
def part_discard(request: DeskRequest, vendor_slug: str, upload_id: UUID) -> HttpResponse:
    """It is given up."""
    uploads.discard(upload=uploads.find(upload_id=upload_id, owner=_owner(request)))
    return HttpResponse(status=204)


def _owner(request: DeskRequest) -> str:
    return f"vendor:{request.vendor.pk}"
