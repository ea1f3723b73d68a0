"""What is known of the demo without loading it: its JSON files and whether it is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest

_HERE = Path(__file__).resolve().parent


def read_json(name: str) -> Any:
    """One of the demo's own JSON files."""
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))


def is_loaded() -> bool:
    """Whether the last part of the load has been done."""
    titles = {each["title"] for each in read_json("requests")["requests"]}
    done = BuyerRequest.objects.filter(title__in=titles).exclude(state=RequestState.DRAFT)
    return len(set(done.values_list("title", flat=True))) == len(titles)
