"""Marketplace application."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Which room listens to which facts."""
        from buyer_requests import consumer as requests_consumer
        from buyer_requests import measures as requests_measures
        from buyer_requests import quality as requests_quality
        from buyer_requests import scores as requests_scores
        from buyer_requests.matching import sharding
        from catalog import measures as catalog_measures
        from catalog import quality as catalog_quality
        from catalog import scores as catalog_scores
        from catalog.photos import consumer as photos_consumer
        from core import databases, outbox
        from core.trends import measures
        from marketplace import checks, letters, tracing  # noqa: F401 - registers the checks
        from price_lists import quality as lists_quality
        from price_lists import scores as lists_scores
        from price_lists.deciding import reads as deciding
        from price_lists.joining import consumer as identity_consumer
        from reviews import quality as reviews_quality
        from reviews import scores as reviews_scores
        from search import indexing
        from search import measures as search_measures
        from search.learning import guessing
        from search.saved import consumer as watching_consumer
        from vendors import desk, quality
        from vendors import measures as vendors_measures
        from vendors.score import measures as scores

        letters.connect()
        # An entry of an import holds a thousand offers: with several workers each takes its share.
        outbox.register(
            "search",
            indexing.index_facts,
            queue="index",
            exclusive=indexing.one_writer,
            shared_batch=indexing.SHARED_BATCH,
        )
        outbox.register("requests", requests_consumer.handle, queue="match", exclusive=True)
        for name, handler in sharding.listeners():
            outbox.register(name, handler, queue="match", exclusive=True)
        outbox.register(
            watching_consumer.CONSUMER,
            watching_consumer.handle,
            queue="match",
            batch=watching_consumer.ENTRIES,
            exclusive=True,
            gives_way_to="requests",
        )
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
        guessing.register(deciding.categories_of_texts)
        for room in (catalog_measures, search_measures, requests_measures, vendors_measures):
            for measure in room.MEASURES:
                measures.register(measure)
        for measure in (
            *lists_scores.MEASURES,
            *catalog_scores.MEASURES,
            *requests_scores.MEASURES,
            *reviews_scores.MEASURES,
        ):
            scores.register(measure)
        for kind in (catalog_quality.KIND, lists_quality.KIND, *requests_quality.KINDS, reviews_quality.KIND):
            quality.register(kind)
        databases.watch()
        desk.set_operator_page("operators_vendor")
        tracing.start()
