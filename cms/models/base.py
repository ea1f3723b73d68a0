"""What all pages of the row share: their language and that of the reader, the moment they are drawn for, previews."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.url_routing import RouteResult

#: How a mode of the preview names its moment: "at:2026-12-01T09:00:00+02:00".
AT: Final = "at:"
#: Moments that the list beside a preview offers; others are chosen on a page of their own.
_MOST_MOMENTS: Final = 12


def moment_named(mode: str) -> dt.datetime | None:
    """The moment of a preview's mode, None for now and for what is no moment."""
    if not mode.startswith(AT):
        return None
    with suppress(ValueError):
        moment = dt.datetime.fromisoformat(mode.removeprefix(AT))
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return None


class RowPage(Page):
    """A page is read in the reader's language where it is translated, and else in Ukrainian with a word about it."""

    class Meta:
        abstract = True

    # Languages ------------------------------------------------------------------------------------------------

    def route(self, request: Any, path_components: list[str]) -> RouteResult:
        """A home page of another language answers for pages that are not translated, with the Ukrainian ones."""
        try:
            return super().route(request, path_components)
        except Http404:
            found = self._instead(request, path_components)
            if found is None:
                raise
            return found

    def _instead(self, request: Any, path_components: list[str]) -> RouteResult | None:
        if (
            self.depth != _DEPTH_OF_HOME
            or self.locale.language_code == settings.LANGUAGE_CODE
            or not path_components
        ):
            return None
        home = (
            self.get_translations()
            .filter(locale__language_code=settings.LANGUAGE_CODE)
            .live()
            .specific()
            .first()
        )
        with suppress(Http404):
            return home.route(request, path_components) if home is not None else None
        return None

    def addresses(self, request: Any) -> dict[str, str]:
        """Path of this page by language, of those that it is published in."""
        found = {self.locale.language_code: self}
        for other in self.get_translations().live().select_related("locale"):
            found.setdefault(other.locale.language_code, other)
        return {code: page.get_url(request) or "" for code, page in found.items()}

    # Drawing --------------------------------------------------------------------------------------------------

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        own, reader = self.locale.language_code, get_language() or settings.LANGUAGE_CODE
        if getattr(request, "is_preview", False):
            with override(own):
                response = super().serve(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response
        addresses = self.addresses(request)
        if own != reader and reader in addresses:
            return HttpResponseRedirect(
                addresses[reader]
            )  # asked for by the address that another language has
        request.addresses_by_language = addresses
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        own, reader = self.locale.language_code, get_language()
        return super().get_context(request, *args, **kwargs) | {
            "moment": getattr(request, "preview_moment", None) or timezone.now(),
            "page_language": own,
            "is_untranslated": own != reader and not getattr(request, "is_preview", False),
            "page_languages": sorted(getattr(request, "addresses_by_language", {})),
        }

    # Previews -------------------------------------------------------------------------------------------------

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """Now, and each coming moment at which something on the page begins or ends."""
        moments = sorted({moment for moment in self.turning_points() if moment > timezone.now()})
        return [
            ("", _("As of now")),
            *(
                (
                    f"{AT}{moment.isoformat()}",
                    _("As of %(moment)s")
                    % {"moment": date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")},
                )
                for moment in moments[:_MOST_MOMENTS]
            ),
        ]

    def turning_points(self) -> set[dt.datetime]:
        """Moments at which banners of this page come and go."""
        return {
            moment
            for block in getattr(self, "body", None) or ()
            if block.block_type == "banner"
            for moment in (block.value.get("starts"), block.value.get("ends"))
            if moment
        }

    def serve_preview(self, request: Any, mode_name: str) -> HttpResponse:
        request.is_preview = True
        request.preview_moment = moment_named(mode_name)
        return super().serve_preview(request, mode_name)


#: Below Wagtail's root.
_DEPTH_OF_HOME: Final = 2
