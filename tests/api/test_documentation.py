"""docs/webhooks.md names the events that there are, and its examples check what is really sent."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess

import pytest
from standardwebhooks import WebhookVerificationError

from api.models import WebhookEndpoint
from api.webhooks import catalogue, schedule, signing
from tests.factories.api import SECRET
from tests.parts import ROOT

TEXT = (ROOT / "docs" / "webhooks.md").read_text()
BODY = '{"id":"msg_1","data":{"title":"Папір А4"}}'


def example(language):
    return re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)[1]


def signed(*, ago=dt.timedelta(0)):
    now = dt.datetime.now(dt.UTC) - ago
    endpoint = WebhookEndpoint(secret=signing.sealed(SECRET), old_secret=signing.sealed(signing.new_secret()))
    endpoint.old_until = now + dt.timedelta(hours=1)
    return signing.headers(endpoint, message_id="msg_1", body=BODY, now=now)


@pytest.mark.parametrize("audience", ["vendor", "buyer"])
def test_the_tables_name_every_event_and_its_fields(audience):
    table = (
        TEXT.partition(f"### For {audience}s\n")[2].partition("\n\n###")[0].partition("\n`webhook.test`")[0]
    )
    written = {
        row[1]: set(re.findall(r"`(\w+)`", row[2]))
        for row in re.finditer(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    }
    special = {"import", "source", "counts", "error", "request"}
    known = {
        event.type: {field.name for field in event.fields} if event.kinds else special
        for event in catalogue.events_for(audience)
    }
    assert written == known


def test_the_schedule_is_the_one_that_is_written():
    minutes = [int(pause.total_seconds() / 60) for pause in schedule.PAUSES]
    assert minutes == [1, 5, 25, *(hours * 60 for hours in (2, 5, 10, 14, 20, 20))]
    assert re.search(r"after 1, 5 and 25 minutes, 2, 5, 10, 14, 20 and 20 hours", TEXT)


def test_the_python_example():
    scope = {}
    exec(example("python"), scope)
    assert scope["received"](SECRET, BODY, signed()) == json.loads(BODY)
    for body, headers in ((BODY + " ", signed()), (BODY, signed(ago=dt.timedelta(minutes=6)))):
        with pytest.raises(WebhookVerificationError):
            scope["received"](SECRET, body, headers)


def test_the_javascript_example(tmp_path):
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    if node is None:
        pytest.skip("Node is not installed.")
    tries = [(BODY, signed()), (BODY + " ", signed()), (BODY, signed(ago=dt.timedelta(minutes=6)))]
    script = tmp_path / "example.js"
    script.write_text(
        example("js")
        + f"\nconst told = {json.dumps(tries)}.map(([body, headers]) => {{"
        + f"  try {{ return received({json.dumps(SECRET)}, body, headers); }} catch (error) {{ return error.message; }}"
        + "});\nconsole.log(JSON.stringify(told));"
    )
    said = subprocess.run([node, script], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [json.loads(BODY), "not from the row", "too old"]
