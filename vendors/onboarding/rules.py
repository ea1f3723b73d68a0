"""This room's own points: who the company is, how it can be reached, and what it answers for."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.selectors import owns_address
from core.errors import InvalidInput
from vendors.enums import Participation
from vendors.models import Vendor
from vendors.onboarding.enums import How, MarkState
from vendors.onboarding.items import Finding, Item, always, register
from vendors.onboarding.models import OnboardingMark
from vendors.onboarding.services import SITE
from vendors.tax_ids import clean_tax_id


def register_points() -> None:
    """Called once when the application starts."""
    register(
        Item(
            key="tax_id",
            label=_("Tax number is valid"),
            help=_("EDRPOU or the number of a person in business, with a right check digit."),
            how=How.COMPUTED,
            required=always,
            look=_tax_id,
            url_name="desk:settings",
            order=10,
        )
    )
    register(
        Item(
            key="email",
            label=_("E-mail address is confirmed"),
            help=_("Of whoever applied: by the link in our letter."),
            how=How.COMPUTED,
            required=always,
            look=_email,
            order=20,
        )
    )
    register(
        Item(
            key="terms",
            label=_("Contacts and terms are filled in"),
            help=_("Phone, e-mail, city, regions and days of delivery."),
            how=How.COMPUTED,
            look=_terms,
            url_name="desk:settings",
            order=30,
        )
    )
    register(
        Item(
            key="site_answers",
            label=_("Web site answers"),
            help=_("The address that buyers are sent to."),
            how=How.COMPUTED,
            look=_site,
            url_name="desk:settings",
            order=40,
        )
    )
    register(
        Item(
            key="right_to_sell",
            label=_("Has the right to sell what it offers"),
            help=_("The goods are yours to sell, and neither forged nor forbidden."),
            how=How.ATTESTED,
            required=always,
            order=70,
        )
    )
    register(
        Item(
            key="returns",
            label=_("Takes goods back as the law on consumers' rights says"),
            help=_("Within 14 days, and faulty goods within their warranty."),
            how=How.ATTESTED,
            required=always,
            order=72,
        )
    )
    register(
        Item(
            key="documents",
            label=_("Registration was looked up"),
            help=_("In the state register: name, tax number, not being wound up."),
            how=How.VERIFIED,
            required=always,
            order=80,
        )
    )
    register(
        Item(
            key="phone",
            label=_("Somebody answers the phone"),
            help=_("A call to the number given: who answered, and what was said."),
            how=How.VERIFIED,
            required=_needs_phone,
            order=82,
        )
    )


def _needs_phone(vendor: Vendor) -> bool:
    """Buyers of a listing turn to the vendor's own site; all others turn to us when nobody answers."""
    return vendor.participation != Participation.LISTING


def _tax_id(vendor: Vendor) -> Finding:
    try:
        number = clean_tax_id(vendor.tax_id)
    except InvalidInput as error:
        return Finding(is_met=False, evidence=str(error))
    return Finding(bool(number), number or _now("none is given"))


def _email(vendor: Vendor) -> Finding:
    person = vendor.applied_by
    if person is None:
        return Finding(is_met=False, evidence=_now("whoever applied has no account any more"))
    return Finding(owns_address(person, person.email), person.email)


def _terms(vendor: Vendor) -> Finding:
    wanted = {
        _now("phone"): vendor.phone,
        _now("e-mail"): vendor.email,
        _now("city"): vendor.city,
        _now("regions of delivery"): vendor.delivery_regions,
        _now("days to deliver"): vendor.delivery_days is not None,
    }
    lacks = [name for name, value in wanted.items() if not value]
    return Finding(not lacks, _now("missing: %(what)s") % {"what": ", ".join(lacks)} if lacks else "")


def _site(vendor: Vendor) -> Finding:
    if not vendor.site_url:
        return Finding(is_met=False, evidence=_now("none is given"))
    mark = OnboardingMark.objects.filter(vendor=vendor, item=SITE).first()
    if mark is None:
        return Finding(is_met=False, evidence=_now("not asked yet"))
    return Finding(mark.state == MarkState.DONE, mark.evidence)
