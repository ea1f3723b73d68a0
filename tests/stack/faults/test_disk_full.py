"""The disk under PostgreSQL is full in mid import: nothing is half done, pages are read on, the import waits for room.

The site's database lies in a tablespace on a small disk of its own, which a file takes up; the server itself and its
log have room, so that it goes on and refuses what needs some.
"""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import subprocess

import psycopg
import pytest

from tests.factories.price_lists import goods, write_list
from tests.stack.faults.installation import DATABASE, wait_until
from tests.stack.faults.test_import_killed import POINTS, content, whole  # noqa: F401 - a fixture

MEGABYTES = 160
CLAIM = "core.jobs.services:claim"
IMPORT = "SELECT state, error_code, error FROM core_job WHERE kind = 'price_lists.import' ORDER BY created_at DESC LIMIT 1"
OUT_OF_ROOM = "53100"  # SQLSTATE disk_full
WHERE = ["reading, between two batches", "applying, between two chunks"]


class Disk:
    """A file system in memory; `fill` leaves no room on it."""

    def __init__(self, folder, may):
        self.folder, self.may = folder, may

    def mount(self, user):
        self.folder.mkdir()
        owner = pwd.getpwnam(user).pw_uid if user else os.getuid()
        options = f"size={MEGABYTES}m,mode=0700,uid={owner}"
        subprocess.run([*self.may, "mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True)

    def unmount(self):
        subprocess.run([*self.may, "umount", self.folder], check=True)
        self.folder.rmdir()

    def fill(self):
        with (self.folder / "taken").open("wb", buffering=0) as file:
            for piece in (1 << 20, 1 << 12):
                with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                    _write_on(file, piece)
        assert shutil.disk_usage(self.folder).free == 0

    def make_room(self):
        (self.folder / "taken").unlink(missing_ok=True)


def _write_on(file, size):
    while True:
        file.write(bytes(size))


@pytest.fixture(scope="module")
def disk(installation, require_part):
    may = require_part("small_disk")
    data = installation.postgresql.data
    disk = Disk(data.with_name(f"{data.name}-small"), may)
    disk.mount(installation.postgresql._user())
    try:
        with psycopg.connect(installation.postgresql.url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
            yield disk
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")
    finally:
        disk.unmount()


@pytest.fixture
def cramped(stocked, disk, whole):  # noqa: F811 - the fixture
    """The stocked site, its database on the small disk, its goods in the index."""
    stocked.copy("ryad_imported", DATABASE, tablespace="small")
    assert stocked.do("rebuild") == 700
    stocked.disk = disk
    yield stocked
    disk.make_room()


def filled_at(site, second_list, where, off=()):
    """The run in whose midst the disk became full, and the goods as they were then."""
    target, call, after = POINTS[where]
    site.worker(
        points=[{"label": "here", "target": target, "call": call, "after": after}], trace=[CLAIM], off=off
    )
    run = site.do("upload", path=second_list)
    site.reached("here")
    site.disk.fill()
    before = content(site)
    with pytest.raises(psycopg.errors.DiskFull) as refusal:
        site.execute("CREATE TABLE more AS SELECT * FROM catalog_offer")
    assert refusal.value.sqlstate == OUT_OF_ROOM
    site.let_go("here")
    return run, before


@pytest.mark.parametrize("where", WHERE)
def test_an_import_waits_for_room_and_goes_on(cramped, second_list, whole, where):  # noqa: F811 - the fixture
    session = cramped.do("sign_in", email="first@example.com")
    run, before = filled_at(cramped, second_list, where)
    # More often than a job may lose its worker.
    wait_until(lambda: cramped.traced(CLAIM) > 7, what=f"further tries: {cramped.log_tail()}")
    wait_until(lambda: cramped.rows(IMPORT)[0][:2] == ("waiting", "database_down"))
    assert cramped.run_state(run) == ("reading" if where.startswith("reading") else "applying")
    assert content(cramped) == before
    status, _pause, text = cramped.do("page", path=f"/desk/first/price-lists/{run}/", session=session)
    assert (status, cramped.rows(IMPORT)[0][2] in text) == (200, True)
    cramped.disk.make_room()
    cramped.wait_applied(run)
    assert content(cramped) == whole[0]
    cramped.wait_drained()
    assert cramped.do("verify") == {}


def test_taken_for_its_own_fault_the_import_would_end(cramped, second_list):
    run, _before = filled_at(cramped, second_list, WHERE[0], off=["patience of jobs"])
    wait_until(lambda: cramped.rows(IMPORT)[0][0] == "failed", what=f"a failed job: {cramped.log_tail()}")
    cramped.disk.make_room()
    cramped.wait_state(run, "failed")


def test_pages_are_read_on_and_what_cannot_be_saved_is_said(cramped):
    session = cramped.do("sign_in", email="first@example.com")
    cramped.serve()
    offer = cramped.value("SELECT min(id) FROM catalog_offer")
    paths = ["/", "/vendors/", f"/offers/{offer}/", "/search/?q=степлер"]
    cramped.execute(
        "UPDATE catalog_offer SET url = 'https://shop.example/', participation = 'listing' WHERE id = %s",
        [offer],
    )
    cramped.disk.fill()
    found = [cramped.page(path) for path in paths]
    assert [page.status for page in found] == [200] * len(paths)
    assert found[-1].text.count('class="offer-card"') == 24
    assert cramped.do("page", path=f"/go/{offer}/")[0] == 302
    for table in ("search_querylog", "catalog_outboundclick"):  # no reason to withhold a page
        assert cramped.value(f"SELECT count(*) FROM {table}") == 0
    # A small row may find room in a page that is there.
    for number in range(30):
        file = write_list(cramped.var / f"further-{number}.csv", goods(60, price=str(number + 1)))
        sent = {"path": "/desk/first/price-lists/upload/", "session": session, "file": str(file)}
        status, pause, text = cramped.do("page", **sent)
        if status != 302:
            break
    assert (status, pause) == (503, "10")
    assert "Traceback" not in text
    cramped.disk.make_room()
    assert cramped.do("page", **sent)[0] == 302
