"""What pages of a request say of telling and trust: how far it went, why a vendor hears of it, what holds it back."""

from __future__ import annotations

from typing import Any

from django import template

from buyer_requests.forms.trust import AppealForm, ReportForm
from buyer_requests.models import BuyerRequest, RequestHold, RequestReport
from buyer_requests.telling import selectors
from buyer_requests.trust.enums import Rule
from buyer_requests.trust.labels import ADVICE
from vendors.models import Vendor

register = template.Library()


@register.inclusion_tag("requests/_told.html")
def told(request: BuyerRequest) -> dict[str, Any]:
    return {"told": selectors.told_of(request)}


@register.inclusion_tag("requests/_held.html", takes_context=True)
def held(context: dict[str, Any], request: BuyerRequest) -> dict[str, Any]:
    """What the buyer is told of a request that is held back, or was closed."""
    hold = RequestHold.objects.filter(request=request).first()
    findings = [
        (Rule(each["rule"]).label, each.get("what", ""), ADVICE[Rule(each["rule"])])
        for each in (hold.findings if hold else [])
        if each["rule"] in Rule.values
    ]
    return {
        "hold": hold,
        "findings": findings,
        "form": AppealForm(),
        "buyer_request": request,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def why_told(request: BuyerRequest, vendor: Vendor) -> str:
    return selectors.why_told(request, vendor)


@register.inclusion_tag("requests/_report.html", takes_context=True)
def report_form(context: dict[str, Any], request: BuyerRequest, vendor: Vendor) -> dict[str, Any]:
    return {
        "is_reported": RequestReport.objects.filter(request=request, vendor=vendor).exists(),
        "form": ReportForm(),
        "buyer_request": request,
        "vendor": vendor,
        "csrf_token": context.get("csrf_token"),
    }
