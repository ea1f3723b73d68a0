"""Draws the demo photos: `python -m marketplace.demo.photos.draw` writes static/demo/photos/*.svg.

A drawing is a fragment on a 240 × 240 ground. Placeholders in it: {c} {l} {d} the colour, lighter and darker;
{t} a text colour that reads on it; {label:x,y,size,colour} the maker's name, centred. Fills `url(#a)` and
`url(#b)` shade the colour across and down, `#m` is metal, `#k` dark plastic.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from marketplace.demo.photos.desk import DESK
from marketplace.demo.photos.home import HOME
from marketplace.demo.photos.machines import MACHINES
from marketplace.demo.photos.stationery import STATIONERY

DRAWINGS = {**DESK, **STATIONERY, **MACHINES, **HOME}
COLOURS = {
    "white": "#eef1f2", "black": "#3a4145", "grey": "#8c989e", "silver": "#b9c3c8", "blue": "#2f6fc4", "navy": "#27457f",
    "light-blue": "#6db6e3", "red": "#cf3f3a", "green": "#3f9a58", "light-green": "#8cc152", "yellow": "#f2c530",
    "orange": "#ee8434", "pink": "#ec86a8", "violet": "#8458b3", "purple": "#8458b3", "brown": "#85552f", "beige": "#d9c19c",
    "teal": "#1f8a84", "cyan": "#1fa3c9", "magenta": "#c9347e", "transparent": "#cfe2ea", "gold": "#cfa437",
    "multi": "#e0785a", "assorted": "#e0785a", "lime": "#b3d334", "turquoise": "#2bb3a9", "kraft": "#c39a6b", "burgundy": "#7f2637",
}  # fmt: skip
NEEDED = Path(__file__).with_name("needed.tsv")
TARGET = Path(__file__).resolve().parents[3] / "static" / "demo" / "photos"
PLACEHOLDERS = Path(__file__).resolve().parents[3] / "static" / "img" / "placeholders"
#: Category's drawing -> (kind, colour): what stands where an offer has no photo.
STANDINS = {
    "office": ("stapler", "teal"),
    "paper": ("paper", "teal"),
    "writing": ("pen", "teal"),
    "printing": ("printer", "silver"),
    "electronics": ("mouse", "silver"),
    "household": ("detergent", "teal"),
    "kitchen": ("kettle", "silver"),
    "care": ("shampoo", "teal"),
    "furniture": ("lamp", "teal"),
    "default": ("folder", "silver"),
}
_LABEL = re.compile(r"\{label:([\d.]+),([\d.]+),([\d.]+),(#\w+)\}")


def _mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other`, both #rrggbb."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _text_on(colour: str) -> str:
    red, green, blue = _channels(colour)
    return "#2b3539" if red * 0.299 + green * 0.587 + blue * 0.114 > 160 else "#ffffff"


def draw(kind: str, colour: str, brand: str = "") -> str:
    """One photo as SVG text: the drawing `kind` in `colour`, with `brand` written on it where there is room."""
    main = COLOURS[colour]
    light, dark = _mix(main, "#ffffff", 0.38), _mix(main, "#0b1a20", 0.3)

    def label(found: re.Match[str]) -> str:
        if not brand:
            return ""
        x, y, size, fill = found.groups()
        # Long names shrink so that they stay on the good.
        points = min(float(size), float(size) * 8 / max(len(brand), 1))
        return (
            f"<text x='{x}' y='{y}' font-family='Arial,Helvetica,sans-serif' font-size='{points:.1f}'"
            f" font-weight='700' text-anchor='middle' fill='{fill}'>{brand.replace('&', '&amp;')}</text>"
        )

    body = DRAWINGS[kind]
    for mark, value in (("{c}", main), ("{l}", light), ("{d}", dark), ("{t}", _text_on(main))):
        body = body.replace(mark, value)
    body = _LABEL.sub(label, body)
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 240 240' width='480' height='480'><defs>"
        f"<linearGradient id='a'><stop stop-color='{light}'/><stop offset='.4' stop-color='{main}'/>"
        f"<stop offset='1' stop-color='{dark}'/></linearGradient>"
        f"<linearGradient id='b' x2='0' y2='1'><stop stop-color='{light}'/><stop offset='.45' stop-color='{main}'/>"
        f"<stop offset='1' stop-color='{dark}'/></linearGradient>"
        "<linearGradient id='m'><stop stop-color='#eef2f4'/><stop offset='.5' stop-color='#b4bfc4'/>"
        "<stop offset='1' stop-color='#7c898f'/></linearGradient>"
        "<linearGradient id='k' x2='0' y2='1'><stop stop-color='#566167'/><stop offset='1' stop-color='#262d30'/>"
        "</linearGradient><radialGradient id='s'><stop stop-color='#22333a' stop-opacity='.22'/>"
        "<stop offset='1' stop-color='#22333a' stop-opacity='0'/></radialGradient></defs>"
        "<rect width='240' height='240' fill='#fff'/><ellipse cx='120' cy='214' rx='100' ry='15' fill='url(#s)'/>"
        f"{body}</svg>\n"
    )


def needed() -> list[tuple[str, str, str, str]]:
    """Rows (file name, kind, colour, brand) that the goods refer to."""
    with NEEDED.open(encoding="utf-8", newline="") as lines:
        return [
            (row["file"], row["type"], row["colour"], row["brand"])
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def write_all(target: Path = TARGET) -> int:
    """Writes every needed photo and removes those no longer needed; returns how many there are."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = {name: draw(kind, colour, brand) for name, kind, colour, brand in needed()}
    for old in target.glob("*.svg"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (target / name).write_text(text, encoding="utf-8")
    return len(wanted)


def write_placeholders(target: Path = PLACEHOLDERS) -> None:
    """Pale drawings by category, so that nobody takes one for the good itself."""
    target.mkdir(parents=True, exist_ok=True)
    for key, (kind, colour) in STANDINS.items():
        pale = draw(kind, colour).replace(
            "<rect width='240' height='240' fill='#fff'/>", "<g opacity='.42'>", 1
        )
        (target / f"{key}.svg").write_text(pale.replace("</svg>", "</g></svg>"), encoding="utf-8")


if __name__ == "__main__":
    write_placeholders()
    print(write_all(), "photos")
