"""Forms of requests: what the package offers, and what a new draft comes with."""

from __future__ import annotations

from buyer_requests import forms


def test_forms_are_imported_from_one_place():
    names = {
        "AnswerForm", "BaseLineFormSet", "BidForm", "BidLineForm", "DeadlineForm", "END_OF_DAY", "LineForm",
        "LineFormSet", "ListForm", "NumberField", "QuestionForm", "RequestForm", "category_names",
        "currency_choices", "deadline", "shown_number", "shown_price", "unit_choices",
    }  # fmt: skip
    assert set(forms.__all__) == names
    assert all(hasattr(forms, name) for name in names)
