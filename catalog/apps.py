"""Catalog application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import personal_data
        from catalog.attributes import services as attributes
        from catalog.bulk_edit import messages as bulk_messages
        from catalog.bulk_edit import services as bulk_edit
        from catalog.coverage import counting as coverage
        from catalog.flags import personal_data as flags_of_people
        from catalog.flags import services as flags
        from catalog.photos import fetching
        from catalog.services import categories, freshness
        from catalog.tree import wiring as tree
        from core.jobs import kinds

        kinds.register(categories.FOLLOW, label=_("Offers follow a category that was moved"))
        kinds.register(attributes.FOLLOW, label=_("Offers follow the attributes of their categories"))
        kinds.register(freshness.FOLLOW_DAYS, label=_("days until offers expire"))
        kinds.register(fetching.KIND, label=_("Photos from vendors' addresses"))
        kinds.register(categories.MERGE, label=_("Merging of two categories"))
        flags.connect()
        personal_data.register("catalog", export=flags_of_people.export, erase=flags_of_people.erase)
        for name, label in (
            (bulk_edit.PREPARE, _("What a change of many offers would change")),
            (bulk_edit.APPLY, _("Change of many offers")),
            (bulk_edit.UNDO, _("Change of many offers taken back")),
        ):
            kinds.register(name, label=label, on_cancel=bulk_edit.on_cancel, on_retry=bulk_edit.on_retry)
        kinds.register(coverage.KIND, label=_("Of how many offers each attribute is known"))
        bulk_messages.register()
        tree.connect()
