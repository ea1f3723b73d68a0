"""Lists in ZIP and gzip: one file, several files as one list, and what is refused."""

from __future__ import annotations

import gzip
import os
import tempfile
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import Unavailable
from price_lists import reading
from price_lists.readers import archives, unpacking
from tests.price_lists.reading.support import text_file, understood, xlsx_file

D = Decimal  # prices are written on every other line
CSV = "Артикул;Назва;Ціна\na;Чай чорний;50\nb;Кава мелена;90\n"
YML = (
    "<yml_catalog><shop><offers>"
    '<offer id="{id}"><price>{price}</price><name>Чашка {id}</name></offer></offers></shop></yml_catalog>'
)


def zip_file(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal_of(path: Path):
    refusal = reading.inspect(path).refusal
    assert refusal is not None
    assert str(refusal)
    assert str(refusal.remedy)
    return refusal


@pytest.mark.parametrize("name", ["price.zip", "price.xlsx", "price.csv"])
def test_one_file_in_a_zip_of_any_name(tmp_path, name):
    path = zip_file(tmp_path / name, {"прайс.csv": CSV.encode("cp1251")})
    inspection = reading.inspect(path)
    assert (inspection.format, inspection.encoding) == ("csv", "cp1251")
    assert inspection.details["files"] == ["прайс.csv"]
    offers, _ = understood(path)
    assert [(o.article, o.title, o.price) for o in offers] == [
        ("a", "Чай чорний", D(50)),
        ("b", "Кава мелена", D(90)),
    ]


def test_gzip_of_a_feed_under_the_name_of_a_feed(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(gzip.compress(YML.format(id=1, price=5).encode()) + bytes(512))
    inspection = reading.inspect(path)
    assert inspection.format == "yml"
    [offer], _ = understood(path)
    assert (offer.source_id, offer.price) == ("1", D(5))
    # the same layout packed or not needs no new word of the vendor
    assert (
        inspection.mapping.signature
        == reading.inspect(text_file(tmp_path / "plain.xml", YML.format(id=1, price=5))).mapping.signature
    )


def test_gzip_in_several_members_is_one_file(tmp_path):
    path = tmp_path / "list.csv.gz"
    lines = CSV.splitlines(keepends=True)
    path.write_bytes(gzip.compress(lines[0].encode()) + gzip.compress("".join(lines[1:]).encode()))
    assert len(understood(path)[0]) == 2


def test_a_zip_in_a_gzip_and_a_workbook_in_it(tmp_path):
    book = xlsx_file(tmp_path / "b.xlsx", {"Лист1": [["Назва", "Ціна"], ["Чай", 5], ["Кава", 6]]})
    inner = zip_file(tmp_path / "inner.zip", {"b.bin": book.read_bytes()})
    path = tmp_path / "outer.gz"
    path.write_bytes(gzip.compress(inner.read_bytes()))
    assert reading.inspect(path).format == "xlsx"
    assert [offer.title for offer in understood(path)[0]] == ["Чай", "Кава"]


def test_several_tables_are_sheets_of_one_list(tmp_path):
    book = xlsx_file(
        tmp_path / "b.xlsx",
        {"Склад": [["Назва", "Ціна"], ["Папір", 150], ["Клей", 30]], "Умови": [["Телефонуйте", ""]]},
    )
    path = zip_file(
        tmp_path / "all.zip",
        {
            "Чай.csv": CSV.encode(),
            "part2.csv": "Назва,Ціна,Код\nМед,120,m\nЦукор,40,s\n".encode("cp1251"),
            "Канцтовари.xlsx": book.read_bytes(),
            "readme.txt": "Дзвоніть нам".encode(),
            "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
            "__MACOSX/._Чай.csv": b"\x00\x05\x16\x07",
        },
    )
    inspection = reading.inspect(path)
    assert inspection.format == "files"
    assert inspection.mapping.is_table
    assert sorted(inspection.details["files_left_out"]) == ["logo.png", "readme.txt"]
    assert any("readme.txt" in note for note in inspection.notes)
    offers, _ = understood(path)
    assert sorted((o.title, o.price, o.category_path) for o in offers) == [
        ("Кава мелена", D(90), ("Чай",)),
        ("Клей", D(30), ("Канцтовари › Склад",)),
        ("Мед", D(120), ()),
        ("Папір", D(150), ("Канцтовари › Склад",)),
        ("Цукор", D(40), ()),
        ("Чай чорний", D(50), ("Чай",)),
    ]
    assert reading.Mapping.from_json(inspection.mapping.to_json()) == inspection.mapping


def test_several_feeds_of_one_kind_are_one_feed(tmp_path):
    files = {f"part{n}.xml": YML.format(id=n, price=n).encode() for n in (10, 2, 1)}
    offers, _ = understood(zip_file(tmp_path / "feeds.zip", files))
    assert [(o.source_id, o.sheet) for o in offers] == [
        ("1", "part1.xml"),
        ("2", "part2.xml"),
        ("10", "part10.xml"),
    ]


def test_a_damaged_part_is_not_left_out_silently(tmp_path):
    files = {"a.xml": YML.format(id=1, price=1).encode(), "b.xml": YML.format(id=2, price=2).encode()[:-20]}
    assert refusal_of(zip_file(tmp_path / "feeds.zip", files)).code == "truncated_file"


def test_feeds_of_different_kinds_are_refused_by_name(tmp_path):
    files = {"a.xml": YML.format(id=1, price=1).encode(), "b.csv": CSV.encode()}
    refusal = refusal_of(zip_file(tmp_path / "mixed.zip", files))
    assert refusal.code == "archive_of_different_lists"
    assert "a.xml" in str(refusal)
    assert "b.csv" in str(refusal)


def test_names_of_dos_are_read(tmp_path):
    # packers of Windows write Cyrillic names in the code page of DOS, without the flag that says UTF-8
    name = "Прайс.csv".encode("cp866")
    plain = zip_file(tmp_path / "ascii.zip", {"A" * len(name): CSV.encode()})
    path = tmp_path / "dos.zip"
    path.write_bytes(plain.read_bytes().replace(b"A" * len(name), name))
    assert reading.inspect(path).details["files"] == ["Прайс.csv"]


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(100), "archive_kind", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(100), "archive_kind", "7-Zip"),
        (b"\xfd7zXZ\x00" + bytes(100), "archive_kind", "XZ"),
        (b"BZh91AY&SY" + bytes(100), "archive_kind", "bzip2"),
        (gzip.compress(CSV.encode() * 50, mtime=0)[:-12], "damaged_file", "gzip"),
        (gzip.compress(b"", mtime=0), "empty_file", ""),
    ],
)
def test_what_archives_are_refused(tmp_path, content, code, word):
    path = tmp_path / "list.zip"
    path.write_bytes(content)
    refusal = refusal_of(path)
    assert refusal.code == code
    assert word in str(refusal)


def test_an_empty_zip_and_a_locked_one(tmp_path):
    assert refusal_of(zip_file(tmp_path / "empty.zip", {})).code == "empty_file"
    path = zip_file(tmp_path / "locked.zip", {"a.csv": CSV.encode()})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    path.write_bytes(data)
    assert refusal_of(path).code == "encrypted_file"


def test_bombs_are_refused_by_the_bytes_that_come_out(tmp_path, monkeypatch):
    bomb = bytes(40 * 1024 * 1024)
    packed = tmp_path / "bomb.csv.gz"
    packed.write_bytes(gzip.compress(bomb))
    assert refusal_of(packed).code == "zip_bomb"
    assert refusal_of(zip_file(tmp_path / "bomb.zip", {"a.csv": bomb})).code == "zip_bomb"
    monkeypatch.setattr("price_lists.readers.unpacking.MAX_INFLATED", 1000)
    parts = {f"{n}.csv": CSV.encode() * 5 for n in range(10)}
    assert refusal_of(zip_file(tmp_path / "big.zip", parts)).code == "zip_too_big"


def test_too_many_entries_and_too_deep(tmp_path):
    many = {f"{n}": b"" for n in range(archives.MAX_ENTRIES + 1)}
    assert refusal_of(zip_file(tmp_path / "many.zip", many)).code == "zip_too_many_entries"
    inner = zip_file(tmp_path / "1.zip", {"a.csv": CSV.encode()})
    for n in (2, 3):
        inner = zip_file(tmp_path / f"{n}.zip", {"inner.zip": inner.read_bytes()})
    assert refusal_of(inner).code == "archive_in_archive"


def test_nothing_of_an_archive_stays_on_the_disk(tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    path = zip_file(tmp_path / "list.zip", {"../../evil.csv": CSV.encode()})
    assert len(understood(path)[0]) == 2
    assert list(place.iterdir()) == []
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_full_disk_is_no_fault_of_the_file(tmp_path, monkeypatch):
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "0").symlink_to("/dev/full")  # each write there ends in ENOSPC
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: str(folder))
    path = zip_file(tmp_path / "list.zip", {"list.csv": CSV.encode()})
    with pytest.raises(Unavailable):
        reading.inspect(path)


def test_what_a_killed_reader_left_goes_after_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, new, other = (tmp_path / name for name in ("price-list-old", "price-list-new", "other"))
    for folder in (old, new, other):
        folder.mkdir()
    for folder in (old, other):
        os.utime(folder, (time.time() - 100_000,) * 2)
    assert unpacking.forget_left(seconds=86_400) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "price-list-new"]
