"""What can be impossible in suggesting.

DomainError
└── InvalidInput
    ├── NothingToBlock      the words say nothing that is looked at
    └── ReasonMissing       who blocks words says why
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput


class NothingToBlock(InvalidInput):
    message = _("These words are never looked at: name a word or a few.")


class ReasonMissing(InvalidInput):
    message = _("Say why, for those who read this later.")
