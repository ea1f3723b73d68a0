"""Servers, one site and its zygote for the whole session; for each test a database as it should begin."""

from __future__ import annotations

import pytest

from stack import services
from stack.process import free_port
from tests.factories.price_lists import good, goods, write_list
from tests.stack.faults.installation import DATABASE, EMPTY, Installation

OFFERS = 700
IMPORTED = "ryad_imported"


def pytest_collection_modifyitems(items):
    """One process runs all of them: they share servers, and two cores have no room for more."""
    for item in items:
        if "/stack/faults/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("stack_faults"))


@pytest.fixture(scope="session")
def servers(require_part, tmp_path_factory):
    """PostgreSQL, Redis and OpenSearch of these tests alone, to be hurt."""
    for part in ("postgresql_server", "redis_server", "opensearch_server"):
        require_part(part)
    home = tmp_path_factory.mktemp("servers")
    quick = {"fsync": "off", "shared_buffers": "64MB", "max_connections": "120"}
    with (
        services.OpenSearch(home / "opensearch", free_port(), heap="512m") as opensearch,
        services.PostgreSQL(home / "postgresql", free_port(), quick) as postgresql,
        services.Redis(home / "redis", free_port()) as redis,
    ):
        yield postgresql, redis, opensearch


@pytest.fixture(scope="session")
def installation(servers, tmp_path_factory):
    """Two templates: vendors without goods, and the first vendor with a list applied and indexed nowhere yet."""
    site = Installation(tmp_path_factory.mktemp("site"), *servers)
    site.open()
    try:
        site.begin(template=None)
        site.start("prepare", hurry=False).result(seconds=400)
        site.copy(DATABASE, EMPTY)
        done = site.do("import_here", path=str(write_list(site.var / "first.csv", goods(OFFERS))))
        assert done["state"] == "applied", done
        site.copy(DATABASE, IMPORTED)
        yield site
    finally:
        site.close()


@pytest.fixture
def site(installation):
    """A site of two vendors without goods."""
    installation.begin()
    yield installation
    installation.kill_all()


@pytest.fixture
def stocked(installation):
    """A site whose first vendor sells `OFFERS` goods; they are not in the index."""
    installation.begin(IMPORTED)
    yield installation
    installation.kill_all()


@pytest.fixture(scope="session")
def second_list(installation):
    """The next list of the first vendor: prices change, goods go and come, a row is wrong."""
    kept = [good(n, price="200" if n % 3 == 0 else f"{100 + n}.50") for n in range(1, OFFERS - 60)]
    rows = [*kept, good(3, price="дог.", article="W"), *(good(n) for n in range(OFFERS + 1, OFFERS + 151))]
    return str(write_list(installation.var / "second.csv", rows))
