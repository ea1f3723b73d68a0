"""What people enter about a deal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reviews.enums import Side
from reviews.models import Review
from reviews.services import LONGEST, Said

_YES_NO = (("", _("no word on it")), ("yes", _("yes")), ("no", _("no")))
_FACT = {"yes": True, "no": False}


def _stars() -> list[tuple[str, str]]:
    return [(str(n), ngettext("%(n)s star", "%(n)s stars", n) % {"n": n}) for n in (5, 4, 3, 2, 1)]


class ReviewForm(forms.Form):
    """The same questions to both sides, in each side's words."""

    stars = forms.ChoiceField(label=_("Your rating"), choices=_stars, widget=forms.RadioSelect)
    kept_word = forms.ChoiceField(choices=_YES_NO, required=False)
    in_time = forms.ChoiceField(choices=_YES_NO, required=False)
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST,
        help_text=_("Shown without your name. Leave phones and links out."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, side: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            Side.BUYER: (_("The goods were as agreed"), _("They came in time")),
            Side.VENDOR: (_("The buyer took what was agreed"), _("The buyer paid in time")),
        }[side]
        self.fields["kept_word"].label, self.fields["in_time"].label = labels

    @staticmethod
    def initial_of(review: Review | None) -> dict[str, Any]:
        if review is None:
            return {}
        words = {True: "yes", False: "no", None: ""}
        return {
            "stars": str(review.stars),
            "kept_word": words[review.kept_word],
            "in_time": words[review.in_time],
            "text": review.text,
        }

    def said(self) -> Said:
        data = self.cleaned_data
        return Said(
            stars=int(data["stars"]),
            kept_word=_FACT.get(data["kept_word"]),
            in_time=_FACT.get(data["in_time"]),
            text=data["text"],
        )
