"""Operators take pictures away that must not be shown, and see which ones were."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.photos import quota, removing
from catalog.photos.models import RemovedPhoto
from catalog.photos.pictures import of_files
from cms.operators.pages import DeskPage, number_of
from core.errors import DomainError
from vendors.models import Vendor

#: Vendors whose photos take most.
_SHOWN = 5


def _largest() -> list[tuple[Vendor, int]]:
    taken = quota.largest(_SHOWN)
    vendors = Vendor.objects.in_bulk([pk for pk, _bytes in taken])
    return [(vendors[pk], size) for pk, size in taken if pk in vendors]


class Photos(DeskPage):
    """One picture by its address, with a button that removes it; below, those that were removed."""

    permission_required = "catalog.change_photo"
    template_name = "cms/operators/photos.html"
    header_icon = "image"
    page_title = gettext_lazy("Photos")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.GET.get("address", "").strip()[:2_000]
        found = removing.find(address) if address else None
        return super().get_context_data(
            address=address,
            found=found,
            picture=of_files(found.photo.content, found.photo.sizes) if found else None,
            largest=_largest(),
            allowed=settings.PHOTO_QUOTA_BYTES,
            page=self.page_of(RemovedPhoto.objects.order_by("-removed_at", "-pk")),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "show":
            removed = get_object_or_404(RemovedPhoto, pk=number_of(request.POST.get("pk", "")))
            removing.show_again(removed=removed, actor=self.actor)
            messages.success(request, _("The picture may be shown again once its address is asked."))
            return HttpResponseRedirect(request.path)
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, _("Say why the picture is removed."))
            return HttpResponseRedirect(request.get_full_path())
        try:
            count = removing.remove_photo(
                content=request.POST.get("content", ""), reason=reason, actor=self.actor
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            text = ngettext(
                "The picture is removed; it stood at %(count)d address.",
                "The picture is removed; it stood at %(count)d addresses.",
                count,
            )
            messages.success(request, text % {"count": count})
        return HttpResponseRedirect(request.path)
