"""What buyers and vendors enter about requests; turned into the services' inputs, never saved here."""

from buyer_requests.forms.bids import BidForm, BidLineForm
from buyer_requests.forms.deadlines import END_OF_DAY, DeadlineForm, deadline
from buyer_requests.forms.drafts import (
    BaseLineFormSet,
    LineForm,
    LineFormSet,
    ListForm,
    RequestForm,
    category_names,
)
from buyer_requests.forms.fields import NumberField, currency_choices, shown_number, shown_price, unit_choices
from buyer_requests.forms.questions import AnswerForm, QuestionForm

__all__ = [
    "END_OF_DAY",
    "AnswerForm",
    "BaseLineFormSet",
    "BidForm",
    "BidLineForm",
    "DeadlineForm",
    "LineForm",
    "LineFormSet",
    "ListForm",
    "NumberField",
    "QuestionForm",
    "RequestForm",
    "category_names",
    "currency_choices",
    "deadline",
    "shown_number",
    "shown_price",
    "unit_choices",
]
