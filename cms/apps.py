"""Cms application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import receivers

        post_migrate.connect(receivers.make_first_content, dispatch_uid="cms.first_content")
