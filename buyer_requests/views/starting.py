"""Ways to a draft besides a list: a past request again, a template, goods that were chosen; and keys of programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from buyer_requests.drafting import goods, keys, templates
from buyer_requests.forms.fields import NumberField
from buyer_requests.selectors.visibility import own_request
from core.errors import Conflict, InvalidInput
from core.ids import id_of
from core.limits import rate_limited

_MOST = Decimal(100_000_000)


class BuyerHttpRequest(HttpRequest):
    """What a view behind `login_required` receives; for annotations only."""

    user: User


@login_required
@require_POST
@rate_limited("requests.draft", "60/h", by="user")
def again(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    draft = templates.draft_again(buyer=request.user, request=own_request(request.user, public_id))
    messages.success(request, _("A new draft with the same lines. Check quantities and the deadline."))
    return redirect("requests:edit", draft.public_id)


@login_required
@require_POST
@rate_limited("requests.draft", "60/h", by="user")
def keep_template(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request.user, public_id)
    try:
        template = templates.keep_template(
            owner=request.user, request=found, name=request.POST.get("name") or found.title
        )
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("“%(name)s” is kept as a template. It stands where you begin a request.")
            % {"name": template.name},
        )
    return redirect("requests:edit" if found.state == "draft" else "requests:detail", found.public_id)


@login_required
@require_POST
@rate_limited("requests.draft", "60/h", by="user")
def use_template(request: BuyerHttpRequest, template_id: int) -> HttpResponse:
    draft = templates.draft_from_template(buyer=request.user, template_id=template_id)
    return redirect("requests:edit", draft.public_id)


@login_required
@require_POST
def delete_template(request: BuyerHttpRequest, template_id: int) -> HttpResponse:
    templates.delete_template(owner=request.user, template_id=template_id)
    messages.success(request, _("The template is gone."))
    return redirect("requests:new")


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("requests.draft", "60/h", by="user")
def from_goods(request: BuyerHttpRequest) -> HttpResponse:
    """Chosen goods with a quantity for each; an empty one leaves the good out."""
    told = request.GET if request.method == "GET" else request.POST
    ids = [pk for pk in map(id_of, told.getlist("good")) if pk is not None]
    if "watched" in told and not ids:
        ids = goods.watched_goods(request.user)
    offers = goods.goods_by_id(ids)
    rows: list[dict[str, Any]] = [{"offer": offer, "typed": "1", "problem": ""} for offer in offers]
    if request.method == "GET" or not rows:
        return render(request, "requests/goods.html", {"rows": rows})
    field = NumberField(most=_MOST, required=False)
    quantities: dict[int, Decimal] = {}
    for row in rows:
        row["typed"] = request.POST.get(f"quantity-{row['offer'].pk}", "")[:24]
        try:
            number = field.clean(row["typed"])
        except ValidationError as error:
            row["problem"] = " ".join(error.messages)
        else:
            if number is not None:
                quantities[row["offer"].pk] = number.quantize(Decimal("0.001"))
    if any(row["problem"] for row in rows) or not quantities:
        problem = (
            ""
            if quantities or any(row["problem"] for row in rows)
            else _("Say how many you need of one at least.")
        )
        return render(request, "requests/goods.html", {"rows": rows, "problem": problem}, status=422)
    draft = goods.draft_from_goods(buyer=request.user, quantities=quantities)
    return redirect("requests:edit", draft.public_id)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@rate_limited("requests.keys", "20/h", by="user")
def program_keys(request: BuyerHttpRequest) -> HttpResponse:
    """Keys of programs; a new one's secret is shown this once."""
    secret = ""
    status = 200
    if request.method == "POST":
        try:
            _key, secret = keys.give_key(owner=request.user)
        except Conflict as error:
            messages.error(request, str(error))
            status = 409
    context = {"keys": keys.keys_of(request.user), "secret": secret}
    return render(request, "requests/keys.html", context, status=status)


@login_required
@require_POST
def key_back(request: BuyerHttpRequest, key_id: int) -> HttpResponse:
    keys.take_key_back(owner=request.user, key_id=key_id)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("requests:keys")
