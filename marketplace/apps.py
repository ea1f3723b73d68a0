"""Marketplace application."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Which room listens to which facts."""
        from buyer_requests import consumer as requests_consumer
        from catalog.photos import consumer as photos_consumer
        from core import databases, outbox
        from marketplace import checks, tracing  # noqa: F401 - registers the checks
        from price_lists.joining import consumer as identity_consumer
        from search import indexing
        from vendors import desk

        # An entry of an import holds a thousand offers: with several workers each takes its share.
        outbox.register(
            "search",
            indexing.index_facts,
            queue="index",
            exclusive=indexing.one_writer,
            shared_batch=indexing.SHARED_BATCH,
        )
        outbox.register("requests", requests_consumer.handle, queue="match", exclusive=True)
        outbox.register(
            identity_consumer.CONSUMER,
            identity_consumer.handle,
            queue="match",
            batch=identity_consumer.ENTRIES,
            exclusive=identity_consumer.one_at_a_time,
            gives_way_to="requests",
        )
        outbox.register(
            photos_consumer.CONSUMER,
            photos_consumer.handle,
            batch=photos_consumer.ENTRIES,
            exclusive=photos_consumer.one_at_a_time,
        )
        databases.watch()
        desk.set_operator_page("operators_vendor")
        tracing.start()
