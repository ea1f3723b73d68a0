"""What stops a long work from the outside, and what cannot be done with one."""

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict


class JobCancelled(Conflict):
    """Its owner asked it to stop; raised inside the work so that it can leave cleanly."""

    message = _("This work was cancelled.")


class JobTakenOver(Conflict):
    """Another worker has taken the job because this one was not heard of for too long."""

    message = _("Another process has taken over this work.")


class TookTooLong(Conflict):
    """The worker's time limit for this work has passed."""

    message = _("This work took longer than it may and was stopped. Try again, or ask for help.")


class JobNotRepeatable(Conflict):
    """Only what failed or was stopped can be tried again."""

    message = _("This work cannot be tried again.")
