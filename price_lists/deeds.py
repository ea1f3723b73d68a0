"""Words for what an operator on a visit does on this room's pages of the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from vendors.care import deeds

_WORDS: Final[dict[str, Any]] = {
    "upload": _("Uploaded a price list"),
    "part_new": _("Began the upload of a large price list"),
    "part_append": _("Sent a part of a large price list"),
    "part_finish": _("Finished the upload of a large price list"),
    "part_discard": _("Gave up the upload of a large price list"),
    "source_sync": _("Had a source asked"),
    "source_pause": _("Paused or resumed a source"),
    "as_partial": _("Had a price list taken as a part of the goods"),
    "photos_again": _("Had photos asked again"),
    "names": _("Worked on held names"),
    "still": _("Said that goods are still in stock"),
    "accept": _("Accepted suggested categories"),
    "category": _("Chose a category for a path"),
    "columns": _("Said what the columns of a price list mean"),
    "guess": _("Had the columns of a price list guessed"),
    "apply": _("Pressed the button to apply an import"),
    "cancel": _("Pressed the button to give up an import"),
    "retry": _("Tried an import again"),
    "restore": _("Pressed the button to restore an earlier price list"),
    "reports": _("Had reports of an import made"),
}


def register() -> None:
    """Called once when the application starts."""
    for page, words in _WORDS.items():
        deeds.register(f"price_lists:{page}", words)
