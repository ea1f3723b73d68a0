"""Named places: how a page of a lower room links to a page of a higher one without knowing which.

The composition root names them (`settings.PLACES`); templates say `{% place "vendor" vendor.slug %}`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse


def place(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named place. LookupError names the places there are."""
    try:
        url_name = settings.PLACES[name]
    except KeyError:
        raise LookupError(
            f"No place {name!r} in settings.PLACES (there are: {', '.join(settings.PLACES)})."
        ) from None
    return reverse(url_name, args=args, kwargs=kwargs)
