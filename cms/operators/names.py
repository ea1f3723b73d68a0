"""Rules about goods' names: what is done about each, and the names that are held."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.operators.pages import DeskPage, number_of
from core.errors import Conflict
from price_lists.held.names import let_pass
from price_lists.title_rules import selectors, services
from price_lists.title_rules.enums import Action, Rule
from price_lists.title_rules.words import ABOUT
from vendors.models import Vendor

#: Names that one answer may be about.
_AT_ONCE = 100


class NameRulesPage(DeskPage):
    """Each rule with its action and with what it finds among the newest names."""

    permission_required = "price_lists.change_titlerule"
    template_name = "cms/operators/name_rules.html"
    header_icon = "form"
    page_title = gettext_lazy("Rules about names")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sample, touched = selectors.touched()
        return super().get_context_data(
            sample=sample,
            rules=[(each, ABOUT[each.rule]) for each in touched],
            actions=Action.choices,
            held=selectors.held_remarks().count(),
            judging=selectors.last_judging(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "judge":
            if services.judge_anew(actor=self.actor):
                messages.success(request, _("All names are being judged anew."))
            else:
                messages.info(request, _("That is under way already."))
            return HttpResponseRedirect(request.path)
        said = {rule: request.POST.get(rule.value, "") for rule in Rule}
        actions = {rule: Action(action) for rule, action in said.items() if action in Action.values}
        if changed := services.set_actions(actions=actions, actor=self.actor):
            names = ", ".join(str(rule.label) for rule in changed)
            messages.success(request, _("Saved: %(rules)s.") % {"rules": names})
        else:
            messages.info(request, _("Nothing was changed."))
        return HttpResponseRedirect(request.path)


class HeldNames(DeskPage):
    """Names of all vendors that hide their offers; one that is right as it is passes."""

    permission_required = "price_lists.change_titlerule"
    template_name = "cms/operators/held_names.html"
    header_icon = "view"
    page_title = gettext_lazy("Held names")

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_name_rules"), _("Rules about names"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code, vendor_id = self.request.GET.get("rule", ""), number_of(self.request.GET.get("vendor", ""))
        rule = Rule(code) if code in Rule.values else None
        vendor = Vendor.objects.filter(pk=vendor_id).first() if vendor_id else None
        page = self.page_of(selectors.held_remarks(vendor=vendor, rule=rule))
        query = "".join(
            f"{name}={value}&"
            for name, value in (("rule", rule or ""), ("vendor", vendor.pk if vendor else ""))
            if value
        )
        return super().get_context_data(
            page=page,
            held=[selectors.shown(remark) for remark in page.object_list],
            rule=code,
            rules=Rule.choices,
            vendor=vendor,
            query=query,
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        one = request.POST.get("one", "")
        chosen = [one] if one else request.POST.getlist("offer")[:_AT_ONCE]
        seen = {number_of(pk): names for pk, _dot, names in (each.partition(".") for each in chosen)}
        if not seen:
            messages.error(request, _("Tick what you decide about."))
            return HttpResponseRedirect(request.get_full_path())
        passed, others = let_pass(operator=request.user, seen=seen)
        if others:
            messages.warning(request, Conflict.message)
        if passed or not others:
            said = ngettext("%(count)d name passed.", "%(count)d names passed.", passed)
            messages.success(request, said % {"count": passed})
        return HttpResponseRedirect(request.get_full_path())
