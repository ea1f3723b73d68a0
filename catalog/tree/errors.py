"""What operations on the tree refuse.

core.errors.Conflict
├── CategoryGone      the category was merged into another one: nothing of it is shown or published
├── NotUndoable       its days are over, it was undone before, or it is still at work
├── RevisionDecided   somebody has decided about this proposal before
└── TreeBusy          the category is part of another operation that is at work
core.errors.InvalidInput
├── AddressTaken      another category has, or had, this address
├── TargetNeeded      a category that holds something can only go if its offers are told where to
├── RulesMissing      a split without a rule, or a rule without a condition
├── ReasonNeeded      who sends a proposal back says why
└── TaxonomyUnreadable  no codes and names were found in the file
core.errors.NotAllowed
└── PublishingNotAllowed  without the right to publish one proposes
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotAllowed


class CategoryGone(Conflict):
    message = _("This category was merged into another one. Change that one instead.")


class NotUndoable(Conflict):
    message = _("This cannot be undone any more.")


class RevisionDecided(Conflict):
    message = _("Somebody has decided about this proposal before you.")


class TreeBusy(Conflict):
    message = _("Another operation works on this category. Wait until it is done, or stop it.")


class AddressTaken(InvalidInput):
    message = _("Another category has or had this address. Choose another one.")


class TargetNeeded(InvalidInput):
    message = _("The category holds something. Say where it goes.")


class RulesMissing(InvalidInput):
    message = _("Give each new subcategory a name and at least one condition.")


class ReasonNeeded(InvalidInput):
    message = _("Say why: the person who proposed it reads this.")


class TaxonomyUnreadable(InvalidInput):
    message = _(
        "No codes with names were found in this file. It needs a column “code” and one of “uk”, “ru”, “en”, or lines like “1 - Animals > Birds”."
    )


class PublishingNotAllowed(NotAllowed):
    message = _("You may propose changes of categories; somebody with the right to publish approves them.")
