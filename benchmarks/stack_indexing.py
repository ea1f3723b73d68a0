"""Goal X1: indexing from PostgreSQL into OpenSearch beside raw `_bulk` of the same documents.

    make services
    python benchmarks/stack_indexing.py                                  # 200,000 offers
    python benchmarks/stack_indexing.py --offers 1000 --rounds 1 --no-result

Own: `rebuild_index`, which reads the offers, analyses them, sends them, compares the new index with the database and
swaps it in. Raw: the very same bodies, serialised beforehand, posted to an index with the same mapping over one and
over two connections, with a refresh at the end. Rounds are interleaved; wall seconds, and this process's processor time.
"""

from __future__ import annotations

import argparse
import http.client
import resource
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import spread, timed, write_result
from benchmarks.stack_inputs import fill, use_services, versions

CHUNK_BYTES = 5_000_000


def bodies() -> list[bytes]:
    """What the engine would send, cut as it cuts."""
    from search.engines.opensearch.bodies import bulk_lines
    from search.selectors import batches_on_sale

    found, chunk, size = [], [], 0
    for batch in batches_on_sale(size=2_000):
        for document in batch.documents:
            lines = bulk_lines(document)
            if size + len(lines) > CHUNK_BYTES:
                found.append(b"".join(chunk))
                chunk, size = [], 0
            chunk.append(lines)
            size += len(lines)
    return [*found, b"".join(chunk)]


def raw(address: str, index: str, chunks: Sequence[bytes], connections: int) -> None:
    """Posts the bodies to an index made anew."""
    import orjson

    from search.fields import opensearch_mapping

    clients = [Raw(address) for _ in range(connections)]
    clients[0].call("DELETE", f"/{index}?ignore_unavailable=true")
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
    body = orjson.dumps({"settings": settings, "mappings": opensearch_mapping()})
    clients[0].call("PUT", f"/{index}", body)
    shares = [(client, chunks[place::connections]) for place, client in enumerate(clients)]
    with ThreadPoolExecutor(connections) as pool:
        answers = list(
            pool.map(
                lambda share: [
                    share[0].call("POST", f"/{index}/_bulk?filter_path=errors", chunk) for chunk in share[1]
                ],
                shares,
            )
        )
    if any(b"true" in answer for each in answers for answer in each):
        raise RuntimeError("raw bulk had errors")
    clients[0].call("POST", f"/{index}/_refresh")


class Raw:
    """The anchor's own client, one connection kept open: nothing of ours or of a library's before the socket."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self._connection.request(method, path, body, {"content-type": "application/json"})
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {read[:500]!r}")
        return read


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=5, help="the first is dropped if there are several")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    environment = use_services(f"bench_{given.offers}")
    import django

    django.setup()
    filled = fill(given.offers)
    from search.engines import get_engine
    from search.indexing import rebuild_index

    address = environment["RYAD_OPENSEARCH_URL"].split(",")[0]
    chunks = bodies()
    own: list[tuple[float, float]] = []
    anchors: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(given.rounds):
        wall, cpu, indexed = timed(rebuild_index)
        if indexed != given.offers:
            raise RuntimeError(f"{indexed} of {given.offers} offers were indexed")
        own.append((wall, cpu))
        for connections, times in anchors.items():
            times.append(timed(lambda c=connections: raw(address, "bench-raw", chunks, c))[0])
    Raw(address).call("DELETE", "/bench-raw")
    status = get_engine().status()
    kept = own[1:] or own
    rates: dict[str, Any] = {"own": spread([given.offers / wall for wall, _ in kept])}
    for connections, times in anchors.items():
        rates[f"raw_{connections}"] = spread([given.offers / wall for wall in times[1:] or times])
    write_result(
        f"stack_indexing_{given.offers}",
        {
            **versions(),
            "offers": given.offers,
            "filled_in_seconds": round(filled, 1),
            "bytes_sent": sum(map(len, chunks)),
            "index_bytes": status.bytes,
            "offers_per_second": rates,
            "own_processor_seconds": spread([cpu for _, cpu in kept]),
            "ratio_to_two_connections": round(rates["own"]["median"] / rates["raw_2"]["median"], 3),
            "ratio_to_one_connection": round(rates["own"]["median"] / rates["raw_1"]["median"], 3),
            "client_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
        keep=not given.no_result,
    )


if __name__ == "__main__":
    main()
