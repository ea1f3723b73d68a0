"""The composition root: settings, addresses, the Celery app, and who listens to whom."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
