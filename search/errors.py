"""What can be impossible in searching.

DomainError
├── Unavailable
│   └── EngineUnavailable   the index is missing, broken or out of reach: answer from the database
└── Conflict
    ├── RebuildRunning      one rebuild at a time
    ├── NothingToRollBack   no earlier index is kept
    ├── RebuildIncomplete   the new index lacks what the database has: the live one stays
    └── RebuildLost         another process has taken the rebuild over or given it up
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, Unavailable


class EngineUnavailable(Unavailable):
    message = _("The search index is not available right now.")


class RebuildRunning(Conflict):
    message = _("The search index is being rebuilt already. Wait until that is done.")


class NothingToRollBack(Conflict):
    message = _("No earlier search index is kept.")


class RebuildIncomplete(Conflict):
    message = _(
        "The new search index does not match the database (%(missing)s missing, %(other)s different); "
        "the old one stays."
    )


class RebuildLost(Conflict):
    message = _("This rebuild of the search index was given up by somebody else.")
