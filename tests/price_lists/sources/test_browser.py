"""A large file goes up in pieces from a real browser, over a line that breaks."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from core.models import PartialUpload
from core.uploads import offset_of
from price_lists import upload_views, views
from price_lists.enums import RunState
from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun
from price_lists.services import set_mapping
from price_lists.services.imports import _advance_here
from tests.factories.price_lists import goods, write_list
from tests.factories.vendors import MembershipFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIECE, ROWS = 16_384, 1_000


class Line:
    """The way of the pieces: breaks before the third, and after the fourth has come but not its answer."""

    def __init__(self, page: Page) -> None:
        self.page, self.sent, self.lost, self.is_down = page, [], [], False
        page.route("**/parts/*/*/", self.carry)

    def carry(self, route: Route) -> None:
        offset = route.request.url.rstrip("/").rpartition("/")[2]
        if not offset.isdigit():
            route.continue_()
            return
        self.sent.append(int(offset))
        if self.is_down or (offset == str(2 * PIECE) and not self.lost):
            # What is tried again meanwhile is lost, too: routed requests get past the browser's own "offline".
            if not self.is_down:
                self.is_down = True
                self.lost.append(int(offset))
                self.page.context.set_offline(True)
            route.abort("internetdisconnected")
        elif offset == str(3 * PIECE) and len(self.lost) == 1:
            self.lost.append(int(offset))
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()


@pytest.fixture
def _small_pieces(monkeypatch, require_part):
    require_part("node_modules")
    monkeypatch.setattr(upload_views, "PIECE", PIECE)
    monkeypatch.setattr(views, "PIECE", PIECE)


@pytest.mark.usefixtures("_small_pieces")
def test_a_broken_upload_goes_on_where_it_stopped(live_server, page, sign_in, vendor, tmp_path):
    path = write_list(tmp_path / "big.csv", goods(ROWS))
    size, sha256 = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
    assert size > 5 * PIECE
    session = sign_in(MembershipFactory(vendor=vendor).user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    at = live_server.url + reverse("price_lists:upload", args=[vendor.slug])
    line = Line(page)
    page.goto(at)
    page.set_input_files("main input[type=file]", path)
    page.click("main form[data-parts] button[type=submit]")
    waits = page.get_attribute("main form[data-parts]", "data-waits")
    expect(page.locator(".upload-progress [role=status]")).to_have_text(waits, timeout=20_000)
    upload = PartialUpload.objects.get()
    assert offset_of(upload) == 2 * PIECE

    # The window is closed over it, and the same file is chosen again: the first pieces are not sent once more.
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(at)
    line.is_down = False  # only now: a last try of the closed window may still be under way
    line.sent.clear()
    begins = offset_of(upload)  # the closed window's last try may have come through
    assert begins in {2 * PIECE, 3 * PIECE}
    page.set_input_files("main input[type=file]", path)
    page.click("main form[data-parts] button[type=submit]")
    page.wait_for_url(re.compile(r"/price-lists/\d+/$"), timeout=20_000)
    assert line.lost == [2 * PIECE, 3 * PIECE]
    ends = [*range(4 * PIECE, size, PIECE)]
    assert line.sent == [*range(begins, 3 * PIECE, PIECE), 3 * PIECE, 3 * PIECE, *ends]
    assert not PartialUpload.objects.exists()

    run = ImportRun.objects.get()
    assert (run.state, run.price_list.size, run.price_list.sha256) == (RunState.MAPPING, size, sha256)
    set_mapping(run=run, mapping=Mapping.from_json(run.mapping))
    _advance_here(run)
    run.refresh_from_db()
    assert (run.state, run.counts["new"], run.counts.get("errors", 0)) == (RunState.REVIEW, ROWS, 0)
