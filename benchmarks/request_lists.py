"""How much of a buyer's list is understood, form by form and field by field, and how long that takes.

python benchmarks/request_lists.py                              # writes results/request_lists.json
python benchmarks/request_lists.py --halves kept --wrong 20     # one half, with what was misread
python benchmarks/request_lists.py --lists 1 --lines 5 --no-pdf --no-result

A field counts where the list tells it, or where the reader claims it though the list does not; a line that is missing
counts all of its fields as wrong, a line too many counts one. PDFs are printed by Chromium. Time is processor time, of
this process and of the children that read files.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.request_lists_forms import FILES, PAGES, RICH, TERMS, TEXTS, page_of
from benchmarks.request_lists_inputs import List, Wanted, halves, lists_of
from benchmarks.search_inputs import write_result

FIELDS = ("text", "quantity", "unit", "ceiling", "must", "wish", "substitutes", "gtin", "mpn", "place", "day")
HALVES = ("seen", "kept", "shared")


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    import django

    django.setup()
    from buyer_requests.errors import ListNotReadable
    from buyer_requests.parsing import ParsedList, parse_text
    from buyer_requests.parsing.files import parse_file

    right: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    seconds: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    read: ParsedList
    parse_text("Папір А4 — 10 пач до 150 грн")  # patterns are compiled once a process
    with tempfile.TemporaryDirectory() as folder, _printer(enabled=options.pdf) as printer:
        for half in halves(options.halves):
            for form in [*TEXTS, *FILES, *(PAGES if printer else ())]:
                rich = form in RICH and half != "shared"
                for wanted in lists_of(half, number=options.lists, lines=options.lines, rich=rich):
                    path = _written(form, wanted, Path(folder), printer)
                    began, children = time.process_time(), _children()
                    try:
                        read = parse_text(TEXTS[form](wanted)) if path is None else parse_file(path)
                    except ListNotReadable as error:
                        read = ParsedList(())
                        wrong.append(f"{half} / {form}: {error}")
                    seconds[form].append(time.process_time() - began + _children() - children)
                    for field, said, got, line in _compared(wanted, read, form):
                        told[half, form][field] += 1
                        right[half, form][field] += said == got
                        if said != got:
                            wrong.append(
                                f"{half} / {form} / {wanted.language} / {field}: {said!r}, not {got!r} ({line})"
                            )
    result: dict[str, Any] = {
        "lists_of_a_language": options.lists,
        "lines_of_a_list": options.lines,
        "halves": {},
    }
    for half in dict.fromkeys(half for half, _form in told):
        forms = {
            form: {
                "share": _share(sum(right[half, form].values()), sum(told[half, form].values())),
                "fields": {
                    field: {
                        "right": _share(right[half, form][field], told[half, form][field]),
                        "of": told[half, form][field],
                    }
                    for field in FIELDS
                    if told[half, form][field]
                },
            }
            for of, form in told
            if of == half
        }
        all_right = sum(sum(right[half, form].values()) for form in forms)
        all_told = sum(sum(told[half, form].values()) for form in forms)
        result["halves"][half] = {
            "share": _share(all_right, all_told),
            "fields_graded": all_told,
            "forms": forms,
        }
    result["processor_seconds"] = {
        form: {"median": round(sorted(each)[len(each) // 2], 4), "most": round(max(each), 4)}
        for form, each in seconds.items()
    }
    result["forty_lines"] = _forty(options, parse_text, parse_file)
    _print(result, wrong[: options.wrong])
    write_result("request_lists", result, keep=options.result)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--halves", nargs="+", choices=HALVES, default=list(HALVES))
    parser.add_argument("--lists", type=int, default=6, help="of each language, form and half")
    parser.add_argument("--lines", type=int, default=12)
    parser.add_argument("--wrong", type=int, default=0, help="print so many misread fields")
    parser.add_argument("--no-pdf", dest="pdf", action="store_false")
    parser.add_argument("--no-result", dest="result", action="store_false")
    return parser.parse_args()


@contextmanager
def _printer(*, enabled: bool) -> Iterator[Any]:
    """A browser's page that prints to PDF; None where there is no browser."""
    chromium = os.environ.get("RYAD_CHROMIUM", "/usr/bin/chromium")
    if not enabled or not Path(chromium).exists():
        yield None
        return
    from playwright.sync_api import sync_playwright

    # Its loop must not make Django think that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def _written(form: str, wanted: List, folder: Path, printer: Any) -> Path | None:
    if form in TEXTS:
        return None
    if form in FILES:
        ending, write = FILES[form]
        path = folder / f"list.{ending}"
        write(wanted, path)
        return path
    path = folder / "list.pdf"
    printer.set_content(page_of(wanted, ruled=PAGES[form]))
    printer.pdf(path=str(path), format="A4")
    return path


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _compared(wanted: List, read: Any, form: str) -> Iterator[tuple[str, Any, Any, str]]:
    """(field, what the list says, what was understood, the line) for all that either side tells."""
    room = RICH.get(form, set())
    pairs, extra = _aligned(wanted.lines, read.lines)
    for line, got in pairs:
        yield "text", _plain(line.text), _plain(got.text) if got else None, line.text
        yield "quantity", line.quantity, got.quantity if got else None, line.text
        yield "unit", line.unit, got.unit if got else None, line.text
        ceiling = (got.ceiling, got.currency) if got and got.ceiling is not None else None
        said = None if line.ceiling is None else (line.ceiling, "UAH")
        if said or ceiling or not got:
            yield "ceiling", said, ceiling if got else "missing", line.text
        for field, expected, understood in (
            (
                "must",
                {_plain(each) for each in line.must},
                {_plain(want.text) for want in got.wants if want.must} if got else None,
            ),
            (
                "wish",
                {_plain(each) for each in line.wish},
                {_plain(want.text) for want in got.wants if not want.must} if got else None,
            ),
            ("substitutes", line.substitutes, got.substitutes if got else None),
            ("gtin", line.gtin, got.gtin if got else None),
            ("mpn", line.mpn, got.mpn if got else None),
        ):
            told = (
                expected if field in room else type(expected)() if isinstance(expected, set | str) else None
            )
            if told or understood:
                yield field, told, understood, line.text
    for got in extra:
        yield "text", None, got.text, "a line too many"
    if form in TERMS:
        assert wanted.day is not None
        yield "place", _plain(wanted.place), _plain(read.place), "the list"
        yield "day", date(*wanted.day), read.needed_by, "the list"


def _aligned(lines: Sequence[Wanted], read: Sequence[Any]) -> tuple[list[tuple[Wanted, Any]], list[Any]]:
    if len(lines) == len(read):
        return list(zip(lines, read, strict=True)), []
    left = list(read)
    pairs: list[tuple[Wanted, Any]] = []
    for line in lines:
        best = max(
            left,
            key=lambda got: difflib.SequenceMatcher(None, _plain(line.text), _plain(got.text)).ratio(),
            default=None,
        )
        if (
            best is not None
            and difflib.SequenceMatcher(None, _plain(line.text), _plain(best.text)).ratio() < 0.6
        ):
            best = None
        if best is not None:
            left.remove(best)
        pairs.append((line, best))
    return pairs, left


def _forty(options: argparse.Namespace, parse_text: Any, parse_file: Any) -> dict[str, float]:
    """Processor seconds of a list of 40 lines: the goods of both halves, pasted and as a workbook."""
    both = [lists_of(half, number=1, lines=22)[0] for half in ("seen", "kept")]
    whole = List("uk", [*both[0].lines, *both[1].lines][:40], place=both[0].place, day=both[0].day)
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        for form in ("paste, numbered", "letter", "XLSX", "DOCX table"):
            path = _written(form, whole, Path(folder), None)
            rounds = []
            for _round in range(3):
                began, children = time.process_time(), _children()
                read = parse_text(TEXTS[form](whole)) if path is None else parse_file(path)
                rounds.append(time.process_time() - began + _children() - children)
                if len(read.lines) != len(whole.lines):
                    raise SystemExit(f"{form}: {len(read.lines)} lines of {len(whole.lines)}")
            out[form] = round(min(rounds), 4)
    return out


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _print(result: dict[str, Any], wrong: Sequence[str]) -> None:
    for half, figures in result["halves"].items():
        print(f"{half}: {figures['share']:.4f} of {figures['fields_graded']} fields")
        for form, own in figures["forms"].items():
            fields = "  ".join(f"{name} {each['right']:.3f}" for name, each in own["fields"].items())
            print(f"  {form:18} {own['share']:.3f}  {fields}")
    print("processor seconds:", result["processor_seconds"])
    print("forty lines:", result["forty_lines"])
    for line in wrong:
        print("  wrong:", line)


if __name__ == "__main__":
    main()
