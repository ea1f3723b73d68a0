"""All queues of the inbox, registered once when the application starts."""

from __future__ import annotations

from accounts import personal_data
from cms.operators.inbox import claims, company_sources, goods_sources, people_sources, queues
from cms.operators.inbox import personal_data as of_operators


def connect() -> None:
    claims.register_messages()
    personal_data.register("cms", export=of_operators.export, erase=of_operators.erase)
    for queue in (*company_sources.QUEUES, *goods_sources.QUEUES, *people_sources.QUEUES):
        queues.register(queue)
