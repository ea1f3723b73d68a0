"""Search application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.jobs import kinds
        from search import category_effects
        from search.curation import wanted
        from search.saved import wiring

        wiring.connect()
        category_effects.connect()
        wanted.register()
        kinds.register("search.rebuild", label=_("Rebuild of the search index"))
        kinds.register("search.replay", label=_("Searches done again with a draft"))
        kinds.register("search.ask_vendors", label=_("Vendors asked for wanted goods"))
