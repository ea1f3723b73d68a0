"""Core application."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import trail
        from core.audit import append_only

        connection_created.connect(trail.watch_statements, dispatch_uid="core.trail")
        post_migrate.connect(append_only.after_migrate, sender=self, dispatch_uid="core.audit")
