"""Cells of the reports that vendors download."""

from __future__ import annotations

import pytest

from price_lists.reports import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A"]
)
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "shown"), [("Ручка = перо", "Ручка = перо"), (12.5, 12.5), (None, "")])
def test_other_cells_stay_as_they_are(value, shown):
    assert safe_cell(value) == shown
