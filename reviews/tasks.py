"""Periodic work on reviews."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from reviews import services


@shared_task(name="reviews.show_due", soft_time_limit=100, time_limit=120)
def show_due(**_: Any) -> None:
    """Show what has waited long enough for the other side's word."""
    services.show_due()


@shared_task(name="reviews.ask", soft_time_limit=300, time_limit=330)
def ask(**_: Any) -> None:
    """Ask both sides of deals whose goods should be there how it went."""
    services.ask_for_ratings()
