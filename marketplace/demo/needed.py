"""Writes photos/needed.tsv: every photo that the goods' catalogue names. `python -m marketplace.demo.needed`."""

from __future__ import annotations

import csv
import io

from marketplace.demo.catalogue import HERE, goods

TARGET = HERE / "photos" / "needed.tsv"


def needed() -> str:
    """The list as a table: file, type, colour, brand's label."""
    rows = sorted({(good.photo, good.photo_type, good.colour, good.brand.name) for good in goods()})
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(("file", "type", "colour", "brand"))
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    TARGET.write_text(needed(), encoding="utf-8")
    print(f"{TARGET}: {needed().count(chr(10)) - 1} photos")
