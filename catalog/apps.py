"""Catalog application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from catalog.attributes import services as attributes
        from catalog.photos import fetching
        from catalog.services import categories, freshness
        from core.jobs import kinds

        kinds.register(categories.FOLLOW, label=_("Offers follow a category that was moved"))
        kinds.register(attributes.FOLLOW, label=_("Offers follow the attributes of their categories"))
        kinds.register(freshness.FOLLOW_DAYS, label=_("days until offers expire"))
        kinds.register(fetching.KIND, label=_("Photos from vendors' addresses"))
        kinds.register(categories.MERGE, label=_("Merging of two categories"))
