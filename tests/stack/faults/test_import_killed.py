"""A worker killed with -9 in mid import: the next one goes on where it stopped, and the catalogue is exact."""

from __future__ import annotations

import pytest

from tests.stack.faults.installation import kill, wait_until

APPLY = "price_lists.services.applying"
STAGE = "price_lists.services.staging"
DIFF = "price_lists.services.diffing"
#: Where the worker dies, by what it was doing: the third chunk, so that a checkpoint lies before it.
POINTS = {
    "reading, before a batch is committed": (f"{STAGE}:insert_rows", 3, True),
    "reading, between two batches": (f"{STAGE}:_Staging._stage", 3, True),
    "comparing": (f"{DIFF}:_counts", 1, False),
    "applying, before a chunk is committed": (f"{APPLY}:insert_rows", 3, True),
    "applying, between two chunks": (f"{APPLY}:_Applying._apply_rows", 3, True),
    "taking vanished goods off sale": (f"{APPLY}:_Applying._withdraw", 1, False),
    "before it is recorded as applied": (f"{APPLY}:finish", 1, False),
    "before what was staged is forgotten": (f"{APPLY}:forget_staged", 1, False),
}
CONTENT = """
    SELECT item.key, offer.title, offer.price_amount, offer.price_currency, offer.availability, offer.version,
           offer.withdrawn_at IS NULL, item.withdrawn, encode(item.raw_hash, 'hex'),
           (SELECT array_agg(amount ORDER BY change.id) FROM catalog_pricechange change
            WHERE change.offer_id = offer.id),
           (SELECT array_agg(quantity) FROM catalog_stocklevel stock WHERE stock.offer_id = offer.id)
    FROM catalog_offer offer LEFT JOIN price_lists_sourceitem item ON item.offer_id = offer.id ORDER BY 1, 2
"""
CHUNKS = f"{APPLY}:write_offers"
BATCHES = f"{STAGE}:insert_rows"


def content(site):
    return site.rows(CONTENT)


@pytest.fixture(scope="module")
def whole(installation, second_list):
    """What the list makes of the catalogue where nobody dies, and how many chunks that takes."""
    installation.begin("ryad_imported")
    installation.worker(trace=[CHUNKS, BATCHES])
    run = installation.do("upload", path=second_list)
    installation.wait_applied(run)
    found = content(installation), installation.traced(CHUNKS), installation.traced(BATCHES)
    installation.kill_all()
    return found


def killed_at(site, second_list, where, off=()):
    """The run whose worker was killed there."""
    target, call, after = POINTS[where]
    point = {"label": "here", "target": target, "call": call, "after": after}
    site.worker(points=[point], trace=[CHUNKS, BATCHES], off=off)
    run = site.do("upload", path=second_list)
    kill(site.reached("here"))
    return run


@pytest.mark.parametrize("where", POINTS)
def test_an_import_goes_on_after_its_worker_was_killed(stocked, second_list, whole, where):
    expected, chunks, batches = whole
    run = killed_at(stocked, second_list, where)
    stocked.worker(trace=[CHUNKS, BATCHES])
    stocked.wait_applied(run)
    assert content(stocked) == expected
    assert stocked.traced(CHUNKS) <= chunks + 1
    assert stocked.traced(BATCHES) <= batches + 1
    wait_until(lambda: stocked.value("SELECT count(*) FROM price_lists_stagedrow") == 0)
    stocked.wait_drained()


def test_without_a_transaction_around_chunk_and_checkpoint_goods_are_doubled(stocked, second_list, whole):
    run = killed_at(stocked, second_list, "applying, before a chunk is committed", off=["chunk transaction"])
    stocked.worker()
    stocked.wait_applied(run)
    assert len(content(stocked)) > len(whole[0])


def test_without_sweeps_an_import_stands_still(stocked, second_list):
    run = killed_at(stocked, second_list, "applying, between two chunks")
    stocked.redis.flush()  # a sweep that the dead worker's clock had sent already would be carried out
    stocked.worker(off=["sweeps"])
    with pytest.raises(AssertionError, match="in vain"):
        stocked.wait_applied(run, seconds=8)
    assert stocked.run_state(run) == "applying"
