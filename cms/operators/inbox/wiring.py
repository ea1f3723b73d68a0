"""All queues of the inbox, registered once when the application starts."""

from __future__ import annotations

from cms.operators.inbox import claims, company_sources, goods_sources, people_sources, queues


def connect() -> None:
    claims.register_messages()
    for queue in (*company_sources.QUEUES, *goods_sources.QUEUES, *people_sources.QUEUES):
        queues.register(queue)
