"""Core application."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import trail

        connection_created.connect(trail.watch_statements, dispatch_uid="core.trail")
