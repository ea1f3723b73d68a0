"""What the catalogue refuses.

core.errors.Conflict
└── CategoryInUse        a category with offers or subcategories cannot simply go
core.errors.InvalidInput
├── CategoryNameMissing  no name in any language
├── AttributeNameMissing no name of an attribute, or of one of its values, in any language
├── AttributeLimitsCrossed  its lowest value is above its highest
├── CategoryLoop         a category cannot move or merge into itself or below itself
└── FieldNotEditable     no field of an offer that people may set
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class CategoryInUse(Conflict):
    message = _("This category still holds offers or subcategories. Merge it into another one instead.")


class CategoryNameMissing(InvalidInput):
    message = _("Give the category a name in at least one language.")


class AttributeNameMissing(InvalidInput):
    message = _("Give the attribute and each of its values a name in at least one language.")


class AttributeLimitsCrossed(InvalidInput):
    message = _("The lowest value is above the highest.")


class CategoryLoop(InvalidInput):
    message = _("A category cannot go into itself or into one of its own subcategories.")


class FieldNotEditable(InvalidInput):
    message = _("This field of an offer cannot be edited.")
