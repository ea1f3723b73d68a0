"""Words for what an operator does on a company's desk: each room names its pages, vendors read the words.

deeds.register("price_lists:upload", _("Uploaded a price list"))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

_WORDS: Final[dict[str, Any]] = {}
#: What an address names besides the company -> the kind of its typed id.
_THINGS: Final = {"run_id": "import_run", "source_id": "source", "link_id": "category_link"}


def register(page: str, words: Any) -> None:
    """`page` is the view's name with its namespace. The same name again replaces the words."""
    _WORDS[page] = words


def words_of(page: str) -> Any:
    """A page that no room named is told in general words: names of views are nobody's business."""
    return _WORDS.get(page, _("Changed something on the desk"))


def about(arguments: Mapping[str, Any]) -> str:
    """The typed id of what an address names, "" where it names nothing."""
    for name, kind in _THINGS.items():
        if name in arguments:
            return f"{kind}:{arguments[name]}"
    return ""
