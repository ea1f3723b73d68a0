"""What bulk edits refuse.

core.errors.Conflict
└── EditNotPossible      it is not in a state for that: carried out already, being counted, taken back
core.errors.InvalidInput
├── NothingChosen        no offer
├── NoReason             what takes offers out of sight, or brings them back, says why
└── ValueNotUnderstood   no value of that attribute
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput


class EditNotPossible(Conflict):
    message = _("This change is in another state by now. Reload the page.")


class NothingChosen(InvalidInput):
    message = _("Choose at least one offer.")


class NoReason(InvalidInput):
    message = _("Say why: the vendors concerned read it.")


class ValueNotUnderstood(InvalidInput):
    message = _("“%(value)s” is no value of “%(attribute)s”.")
