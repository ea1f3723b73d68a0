"""What can be impossible in setting how results are put in order.

DomainError
├── InvalidInput
│   ├── PointsOutOfBounds   more points than a reason, or all of them, may have
│   ├── SynonymRefused      a synonym that would do harm or nothing; its message says why
│   └── StopWordRefused     a word that cannot be left out; its message says why
└── Conflict
    ├── NotTried            it would go live unseen, and nobody said that it may
    └── NothingToTry        there is no draft, or nobody has searched yet
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class PointsOutOfBounds(InvalidInput):
    message = _("At most %(most)s points are possible here.")


class SynonymRefused(InvalidInput):
    message = _("This synonym cannot be taken.")


class StopWordRefused(InvalidInput):
    message = _("This word cannot be left out.")


class NotTried(Conflict):
    message = _(
        "Nobody has seen yet what this changes. Try it on searches first, or say that it goes live untried."
    )


class NothingToTry(Conflict):
    message = _("There is nothing to try: make a draft first.")
