"""Writes of price lists: a file in, its columns, the comparison, the guard, and applying it to the catalogue."""

from price_lists.services.categories import (
    accept_suggestions,
    ask_again,
    confirm_category,
    decide_category,
    decide_links,
    follow_links,
    learn_categories,
    place_goods,
    suggest_categories,
)
from price_lists.services.columns import guess_again, inspect_run, reopen_columns, set_mapping
from price_lists.services.counting import report_counts
from price_lists.services.imports import (
    advance,
    begin,
    import_file,
    request_apply,
    retry,
    start,
    sweep,
)
from price_lists.services.uploads import cancel_run, open_source, receive_upload

__all__ = [
    "accept_suggestions",
    "advance",
    "ask_again",
    "begin",
    "cancel_run",
    "confirm_category",
    "decide_category",
    "decide_links",
    "follow_links",
    "guess_again",
    "import_file",
    "inspect_run",
    "learn_categories",
    "open_source",
    "place_goods",
    "receive_upload",
    "reopen_columns",
    "report_counts",
    "request_apply",
    "retry",
    "set_mapping",
    "start",
    "suggest_categories",
    "sweep",
]
