"""Small pictures made on the spot."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def picture(
    size: tuple[int, int] = (60, 40), colour: Any = "red", mode: str = "RGB", kind: str = "JPEG", **more: Any
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()
