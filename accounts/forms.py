"""What people enter about themselves."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User

_PHONE = re.compile(r"\+?\d{7,15}")


class ProfileForm(forms.ModelForm[User]):
    """Name, company, phone, language. Nothing is saved here: the service does."""

    class Meta:
        model = User
        fields = ("name", "company", "phone", "language")
        help_texts = {
            "name": _("Vendors and colleagues see it."),
            "company": _("For which you buy; empty if for yourself."),
            "phone": _("Given to a vendor only after you accept their bid."),
            "language": _("In which you get letters."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "company": forms.TextInput(attrs={"autocomplete": "organization"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        }

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_company(self) -> str:
        return " ".join(self.cleaned_data["company"].split())

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and not _PHONE.fullmatch(re.sub(r"[\s().-]", "", phone)):
            raise forms.ValidationError(
                _("“%(value)s” is no phone number: write it as +380 44 123 45 67."), params={"value": phone}
            )
        return phone


class EraseForm(forms.Form):
    """Deleting an account is said in words, not by one press."""

    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("Type it to confirm that the account is to go.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if email != self.user.email:
            raise forms.ValidationError(_("This is not the address of your account."))
        return email
