"""What joining offers by hand refuses.

core.errors.Conflict
├── OffersAreOne     a "no" about two offers that are one good already: one of them is to be taken out
└── OfferNotInGood   an offer that is alone cannot be taken out
core.errors.InvalidInput
└── OfferUnknown     no such offer, or the same one twice
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class OffersAreOne(Conflict):
    message = _("These offers are one good by now. Open it and take one of them out.")


class OfferNotInGood(Conflict):
    message = _("This offer is not of a good with others, so it cannot be taken out.")


class OfferUnknown(InvalidInput):
    message = _("There is no such offer to join, or it is the same one.")
