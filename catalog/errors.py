"""What the catalogue refuses.

core.errors.Conflict
└── CategoryInUse        a category with offers or subcategories cannot simply go
core.errors.InvalidInput
├── CategoryNameMissing  no name in any language
├── CategoryLoop         a category cannot move or merge into itself or below itself
└── FieldNotEditable     no field of an offer that people may set
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class CategoryInUse(Conflict):
    message = _("This category still holds offers or subcategories. Merge it into another one instead.")


class CategoryNameMissing(InvalidInput):
    message = _("Give the category a name in at least one language.")


class CategoryLoop(InvalidInput):
    message = _("A category cannot go into itself or into one of its own subcategories.")


class FieldNotEditable(InvalidInput):
    message = _("This field of an offer cannot be edited.")
