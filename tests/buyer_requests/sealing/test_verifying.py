"""The site's check and the program of docs/ find the same in the same files: all right, and each way to cheat."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys

import pytest

from buyer_requests.sealing.canonical import (
    NOTHING,
    canonical,
    commitment_of,
    new_nonce,
    record_hash,
    sealed_form,
)
from buyer_requests.sealing.verifying import verify
from tests.parts import ROOT

PROGRAM = ROOT / "docs" / "verify_sealed.py"
_spec = importlib.util.spec_from_file_location("verify_sealed", PROGRAM)
offline = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(offline)

REQUEST, DEADLINE = "6f1c0a52-0000-4000-8000-000000000001", "2026-12-01T21:59:59.000000Z"
BID = {"currency": "UAH", "terms": "Оплата “за фактом”\n€", "lines": [{"line": 1, "price": 12_3400}]}


def chained(*told):
    """A log of (kind, bidder, commitment, details, at)."""
    records, previous = [], NOTHING
    for place, (kind, bidder, commitment, details, at) in enumerate(told, start=1):
        record = {
            "request": REQUEST,
            "sequence": place,
            "kind": kind,
            "bidder": bidder,
            "commitment": commitment,
            "details": details,
            "at": at,
            "previous": previous,
        }
        previous = record["hash"] = record_hash(record)
        records.append(record)
    return {"request": REQUEST, "records": records}


def day(number, hour=10):
    return f"2026-11-{number:02d}T{hour:02d}:00:00.000000Z"


def made(bidder, number, bid):
    form, nonce = sealed_form(request=REQUEST, bidder=bidder, number=number, content=bid), new_nonce()
    return form, nonce, commitment_of(form, nonce)


def world():
    """A log with two bidders, the first one's receipt, the opened bids."""
    one, two, later = made("a" * 32, 1, BID), made("b" * 32, 1, BID), made("a" * 32, 2, {**BID, "terms": ""})
    log = chained(
        ("published", "", "", {"deadline": DEADLINE, "reveals": "own", "shows_count": False}, day(20)),
        ("sent", "a" * 32, one[2], {}, day(21)),
        ("sent", "b" * 32, two[2], {}, day(22)),
        ("revised", "a" * 32, later[2], {}, day(23)),
        ("opened", "", "", {"bids": 2, "faults": []}, "2026-12-01T22:00:30.000000Z"),
    )
    receipt = {"record": dict(log["records"][1]), "nonce": one[1], "sealed": one[0]}
    del receipt["record"]["sequence"]  # as given out while the number of bids is hidden
    opened = {
        "bids": [
            {"bidder": "a" * 32, "nonce": later[1], "sealed": later[0]},
            {"bidder": "b" * 32, "nonce": two[1], "sealed": two[0]},
        ]
    }
    return log, receipt, opened


def rehashed(log):
    """As a server would that rewrites its log from the start: a chain of its own."""
    return chained(
        *(
            (each["kind"], each["bidder"], each["commitment"], each["details"], each["at"])
            for each in log["records"]
        )
    )


def found_by_both(log, receipt, opened):
    """Codes of what the site finds wrong; the program has to find something exactly when the site does."""
    site = {finding.code for finding in verify(log, receipt, opened) if not finding.is_good}
    program = offline.check_log(log)
    program += offline.check_receipt(receipt, log["records"]) if receipt else []
    program += offline.check_opened(opened, log["records"]) if opened else []
    assert bool(site) == bool(program), (site, program)
    return site


def test_what_is_right_is_right():
    assert found_by_both(*world()) == set()


def _change(log, place, **values):
    log["records"][place] |= values
    return log


def _without(log, place):
    del log["records"][place]
    for number, record in enumerate(log["records"], start=1):
        record["sequence"] = number
    return log


CHEATS = {
    "a commitment is exchanged": (
        lambda log, receipt, opened: (_change(log, 2, commitment="0" * 64), receipt, opened),
        {"chain", "opened"},
    ),
    "a record is taken out": (
        lambda log, receipt, opened: (_without(log, 2), receipt, opened),
        {"chain", "opened"},
    ),
    "the log is rewritten without the receipt's record": (
        lambda log, receipt, opened: (rehashed(_without(log, 1)), receipt, None),
        {"prefix"},
    ),
    "the log is rewritten with an earlier record": (
        lambda log, receipt, opened: (rehashed(_change(log, 0, at=day(19))), receipt, opened),
        {"prefix"},
    ),
    "a bid is put in after the deadline": (
        lambda log, receipt, opened: (
            rehashed(_change(log, 3, at="2026-12-01T22:00:00.000000Z")),
            receipt,
            opened,
        ),
        {"times"},
    ),
    "the bids were opened before the deadline": (
        lambda log, receipt, opened: (rehashed(_change(log, 4, at=day(24))), receipt, opened),
        {"times"},
    ),
    "the deadline came nearer": (
        lambda log, receipt, opened: (
            rehashed(_change(log, 3, kind="deadline", details={"deadline": day(29)}, bidder="", commitment="")),
            receipt,
            None,
        ),
        {"times"},
    ),
    "a bid follows the opening": (
        lambda log, receipt, opened: (
            rehashed({"records": [*log["records"], {**log["records"][3], "at": "2026-12-01T22:01:00.000000Z"}]}),
            receipt,
            None,
        ),
        {"times", "order"},
    ),
    "the receipt's price is another": (
        lambda log, receipt, opened: (
            log,
            receipt | {"sealed": receipt["sealed"] | {"bid": {**BID, "currency": "USD"}}},
            opened,
        ),
        {"commitment"},
    ),
    "an opened bid is another": (
        lambda log, receipt, opened: (log, receipt, {"bids": [opened["bids"][0] | {"nonce": "0" * 64}, opened["bids"][1]]}),
        {"opened"},
    ),
    "a bid is left out of the opened ones": (
        lambda log, receipt, opened: (log, receipt, {"bids": opened["bids"][:1]}),
        {"complete"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_each_way_to_cheat_is_found(name):
    cheat, codes = CHEATS[name]
    assert found_by_both(*cheat(*copy.deepcopy(world()))) == codes


@pytest.mark.parametrize("nonsense", [[], {}, {"request": "x", "records": []}, {"records": [1]}, None])
def test_what_is_no_log_is_refused(nonsense):
    with pytest.raises(ValueError, match="log"):
        verify(nonsense)


def test_canonical_form_is_what_the_documentation_says():
    told = {"б": 1, "a": [None, True, "“€”\n"], "A": {"z": 0, "y": -5}}
    assert canonical(told) == '{"A":{"y":-5,"z":0},"a":[null,true,"“€”\\n"],"б":1}'.encode()
    assert offline.canonical(told) == canonical(told)


def test_the_program_runs_alone(tmp_path):
    log, receipt, opened = world()
    for name, told in (("log", log), ("receipt", receipt), ("opened", opened)):
        (tmp_path / name).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    code, said = run("log", "--receipt", "receipt", "--opened", "opened")
    assert (code, log["records"][-1]["hash"] in said) == (0, True)
    assert run("--receipt", "receipt")[0] == 0
    (tmp_path / "receipt").write_text(json.dumps(receipt | {"nonce": "0" * 64}), encoding="utf-8")
    assert run("log", "--receipt", "receipt")[0] == 1
    (tmp_path / "log").write_text("[]", encoding="utf-8")
    assert run("log")[0] == 2
