"""What reviews refuse, as one tree.

DomainError
├── NotFound
│   └── UnknownDeal             there was no deal, or it is none of the asker's business
├── Conflict
│   └── ReviewClosed            too late, or said already
└── InvalidInput
    └── ReviewRefused           a text or a rating that cannot be shown
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound


class UnknownDeal(NotFound):
    pass


_CLOSED = {
    "too_late": _("The time to rate this deal has passed."),
    "shown": _("Both sides have read your rating: it can be taken back, but no longer changed."),
    "answered": _("This review is answered already."),
    "not_shown": _("This review is not shown now."),
    "decided": _("This review is decided already. Reload the page."),
}


class ReviewClosed(Conflict):
    def __init__(self, code: str = "", message: Any = None, **context: Any) -> None:
        super().__init__(code, message or _CLOSED.get(code), **context)


_REFUSED = {
    "no_stars": _("Choose one to five stars."),
    "contacts": _("Leave phones and links out: everybody reads this."),
    "few_stars_no_text": _("Say in a sentence what went wrong, so that others can learn from it."),
    "no_answer": _("Write an answer."),
    "no_reason": _("Say why."),
}


class ReviewRefused(InvalidInput):
    def __init__(self, code: str = "", message: Any = None, *, field: str = "", **context: Any) -> None:
        super().__init__(code, message or _REFUSED.get(code), field=field, **context)
