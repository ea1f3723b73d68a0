"""What can be done to the tree, and how far that is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OperationKind(models.TextChoices):
    MOVE = "move", _("move")
    MERGE = "merge", _("merge")
    SPLIT = "split", _("split")
    DELETE = "delete", _("deletion")
    IMPORT = "import", _("import of a taxonomy")


class OperationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped half-way")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class RevisionState(models.TextChoices):
    """Of one writing of a category's own fields."""

    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waits for approval")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    SENT_BACK = "sent_back", _("sent back")
    DROPPED = "dropped", _("dropped")


#: Nobody has decided about these, or their time has not come.
OPEN_REVISIONS = (RevisionState.DRAFT, RevisionState.WAITING, RevisionState.SCHEDULED)
