"""What watching refuses.

DomainError
├── NotFound       UnknownWatch          no such saved search or watch, or another person's
├── InvalidInput   SearchTooWide         neither words nor a category, a vendor or a brand
│                  NotASearch            the button's sealed value is not ours, or too old to be understood
│                  TargetNotBelow        the wished price is not below today's
└── Conflict       TooManySearches       so many are saved already; some must go
                   TooManyWatches
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound


class UnknownWatch(NotFound):
    message = _("There is no such saved search or watched price among yours.")


class SearchTooWide(InvalidInput):
    message = _(
        "This search would bring news of everything that is sold. Add words, or choose a category, a vendor or a brand, and save it again."
    )


class NotASearch(InvalidInput):
    message = _(
        "This link does not name a search that can be saved. Open the search again and press “Save this search” there."
    )


class TargetNotBelow(InvalidInput):
    message = _("The good costs %(price)s now, which is not above %(target)s. Name a lower price.")


class TooManySearches(Conflict):
    message = _(
        "You keep %(limit)d saved searches already, and more cannot be. Delete one that you no longer need."
    )


class TooManyWatches(Conflict):
    message = _(
        "You watch %(limit)d prices already, and more cannot be. Stop watching one that you no longer need."
    )
