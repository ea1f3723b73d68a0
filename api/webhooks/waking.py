"""Asking a worker to deliver now; what a lost wake-up leaves is found by the sweep of every minute."""

from __future__ import annotations

import structlog

from core.broker.publishing import hand_over

logger = structlog.get_logger(__name__)


def wake() -> None:
    from api import tasks

    if error := hand_over(lambda: tasks.deliver.apply_async(retry=False)):
        logger.warning("api.wake_failed", error=repr(error))
