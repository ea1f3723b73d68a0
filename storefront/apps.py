"""Storefront application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StorefrontConfig(AppConfig):
    name = "storefront"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vendors import desk

        desk.add_entry(
            key="demand", label=_("Unmet demand"), icon="bulb", url_name="learning:demand", order=45
        )
        desk.add_entry(
            key="standing",
            label=_("How you stand"),
            icon="rosette-discount-check",
            url_name="learning:standing",
            order=47,
        )
        desk.add_entry(
            key="clicks", label=_("Clicks to my shop"), icon="chart-bar", url_name="learning:clicks", order=46
        )
