"""Pages that come and go by themselves."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.core.management import call_command


@shared_task(name="cms.publish_due", soft_time_limit=120, time_limit=150)
def publish_due(**_: Any) -> None:
    """Publishes what is due and takes away what is over. Reads from the database what that is: twice does nothing."""
    call_command("publish_scheduled", verbosity=0)
