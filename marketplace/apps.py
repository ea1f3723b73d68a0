"""Marketplace application."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Which room listens to which facts."""
        from buyer_requests import consumer as requests_consumer
        from core import outbox
        from search import indexing
        from vendors import desk

        outbox.register("search", indexing.index_facts, queue="index", exclusive=True)
        outbox.register("requests", requests_consumer.handle, queue="match", exclusive=True)
        desk.set_operator_page("operators_vendor")
