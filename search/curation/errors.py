"""What can be impossible in setting something for single queries.

DomainError
├── InvalidInput
│   ├── PlacementRefused    a place that cannot be given; its message says why
│   └── RouteRefused        a page that a query cannot lead to
└── Conflict
    ├── NotPreviewed        a place would go live unseen
    ├── AlreadyAsked        vendors were asked for it within the window
    └── NotForVendors       too few people asked it, or its words may not be told, or it fits no category
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class PlacementRefused(InvalidInput):
    message = _("This place cannot be given.")


class RouteRefused(InvalidInput):
    message = _("A query cannot lead there.")


class NotPreviewed(Conflict):
    message = _("Look at the preview first: nobody has seen yet what this changes.")


class AlreadyAsked(Conflict):
    message = _("Vendors were asked for it on %(day)s. They can be asked again after %(days)s days.")


class NotForVendors(Conflict):
    message = _("Vendors cannot be asked for this query.")
