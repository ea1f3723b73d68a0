"""Counting the figures of days, every quarter of an hour."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.trends import services


@shared_task(name="trends.count", soft_time_limit=540, time_limit=600)
def count(**_: Any) -> None:
    services.count_lately()
