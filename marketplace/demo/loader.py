"""Fills an empty row with the demo: categories, people, companies, their price lists through the real import, requests.

Each part looks for what is there already, so an interrupted load goes on, and a loaded row is left as people made it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from buyer_requests.drafting.templates import keep_template
from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest, CategoryFollow
from buyer_requests.parsing.wishes import want_of
from buyer_requests.services.follows import follow_categories
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from catalog.attributes.seeding import seed_attributes
from catalog.models import Category
from catalog.services.categories import add_category
from cms.services import ensure_operators_group, ensure_pages
from core import outbox
from core.models import CurrencyRate
from core.money import to_price
from core.rates import set_rate
from core.trends.services import backfill
from marketplace.demo import auctions, bidding, deals, hearing, pooling, sealing, standing, webhooks
from marketplace.demo.generate import FILES, TARGET
from marketplace.demo.history import add_price_history
from marketplace.demo.offers import USD, Shop, paths
from marketplace.demo.searches import load_searches
from marketplace.demo.state import read_json
from marketplace.demo.watching import save_searches, watch_prices
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun
from price_lists.services.categories import confirm_category, leads_to
from price_lists.services.drafting import PATH_SEPARATOR
from price_lists.services.imports import import_file
from vendors.enums import VendorState
from vendors.models import Membership, Vendor
from vendors.onboarding import services as onboarding
from vendors.onboarding.selectors import blocking
from vendors.services.onboarding import apply_as_vendor, approve_vendor
from vendors.services.standing import refresh_quality
from vendors.services.terms import update_vendor

RATES = {"USD": USD, "EUR": Decimal("49.80"), "PLN": Decimal("11.70")}
#: Fields of a company that its application carries.
_APPLICATION = ("legal_name", "city", "region", "phone", "email", "site_url", "description")
#: Days of the dashboard's figures that are counted from what was loaded.
_FIGURES = 90
#: So many lists are in the row when the buyer saves searches; the others bring news.
_KNOWN_LISTS = 2
#: How long the index and the matcher may take to catch up.
_DRAIN_SECONDS = 120


def load(*, say: Callable[[str], None]) -> None:
    """Loads whatever of the demo is missing. Raises CommandError if a price list of ours is not taken."""
    with translation.override("uk"):
        _load_categories()
        seed_attributes(**read_json("attributes"))
        people = _load_people()
        ensure_pages()
        _load_rates()
        vendors = _load_vendors(people)
        say(f"{len(people)} people, {len(vendors)} vendors, {Category.objects.count()} categories")
        for number, (shop, vendor) in enumerate(vendors.items()):
            if number == _KNOWN_LISTS:
                save_searches(people["buyer"])
            _import_list(shop, vendor, say)
            _confirm_paths(shop, vendor)
            _follow(shop, vendor)
        add_price_history()
        drain(say)
        say(f"{load_searches()} queries that many ask")
        watch_prices(people["buyer"])
        bidding.give_rule(vendors[bidding.SHOP], people[bidding.OWNER])
        webhooks.give_endpoint(vendors[Shop.KANC], people["kanc"])
        often, daily = vendors[Shop(hearing.OFTEN)], vendors[Shop(hearing.DAILY)]
        hearing.choose(often, people["ofis"], daily, people["dim"])
        _publish_requests(people["buyer"])
        standing.publish_standing(people["buyer"])
        paper = Category.objects.filter(slug="office-paper").values_list("pk", flat=True).first()
        pooling.publish_pool(people, vendors[Shop.KANC], people["kanc"], paper)
        auctions.hold(people["buyer"], auctions.sellers_of(vendors, people))
        deals.make_deal(people["buyer"], vendors[Shop.KANC], people["kanc"])
        sealing.publish_sealed(people["buyer"], vendors.values())
        drain(say)
        hearing.collect(often, people["ofis"])
        refresh_quality()  # else the desks say nothing of it until the first night
        backfill(days=_FIGURES)


def drain(say: Callable[[str], None]) -> None:
    """Lets the index and the matcher catch up here, so that the row answers at once."""
    began = time.monotonic()
    if not outbox.drain_until_empty(timeout=_DRAIN_SECONDS):
        say("Some facts wait for the worker.")
    say(f"index and matcher caught up in {time.monotonic() - began:.1f} s")


def _load_categories() -> None:
    known = {category.slug: category for category in Category.objects.all()}
    with transaction.atomic():
        for node in read_json("categories"):
            _add_branch(node, None, known)


def _add_branch(node: dict[str, Any], parent: Category | None, known: dict[str, Category]) -> None:
    category = known.get(node["slug"])
    if category is None:
        names = {language: node[language] for language in ("uk", "ru", "en")}
        category = add_category(parent=parent, names=names, slug=node["slug"], icon=node["icon"])
    for child in node.get("children", ()):
        _add_branch(child, category, known)


def _load_people() -> dict[str, User]:
    data = read_json("people")
    # One salted hash for all: the password is public, and hashing is meant to be slow.
    password = make_password(data["password"])
    people = {}
    for person in data["people"]:
        fields = {name: person[name] for name in ("name", "company", "phone", "language")}
        fields["is_staff"] = person.get("is_staff", False)
        with transaction.atomic():
            user, is_new = User.objects.get_or_create(
                email=person["email"], defaults=fields | {"password": password}
            )
            if is_new:
                EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
                if user.is_staff:
                    user.groups.add(ensure_operators_group())
        people[person["key"]] = user
    return people


def _load_rates() -> None:
    known = set(CurrencyRate.objects.values_list("currency", flat=True))
    for currency, rate in RATES.items():
        if currency not in known:
            set_rate(currency=currency, rate=rate, source="demo")


def _load_vendors(people: dict[str, User]) -> dict[Shop, Vendor]:
    vendors = {}
    for company in read_json("people")["vendors"]:
        owner = people[company["owner"]]
        vendor = Vendor.objects.filter(slug=company["slug"]).first()
        if vendor is None:
            vendor = apply_as_vendor(
                applicant=owner,
                name=company["name"],
                participation=company["participation"],
                **{field: company[field] for field in _APPLICATION},
            )
        if vendor.state == VendorState.APPLIED:
            delivery = company["delivery"]
            update_vendor(
                vendor=vendor,
                actor=owner,
                delivery_price=to_price(Decimal(delivery["price"])),
                free_delivery_from=to_price(Decimal(delivery["free_from"])),
                delivery_days=delivery["days"],
                delivery_regions=delivery["regions"],
            )
            _meet_checklist(vendor, owner, people["operator"])
            vendor = approve_vendor(vendor=vendor, actor=people["operator"])
        vendors[Shop(company["shop"])] = vendor
    return vendors


def _meet_checklist(vendor: Vendor, owner: User, operator: User) -> None:
    """As it would have gone: the owner says its part, an operator looks, and what a demo cannot have is waived."""
    membership = Membership.objects.get(vendor=vendor, user=owner)
    for key in ("right_to_sell", "returns"):
        onboarding.attest(membership=membership, key=key, says=True)
    for key in ("documents", "phone"):
        onboarding.verify(operator=operator, vendor=vendor, key=key, is_met=True, evidence="Демо")
    if left := [point.item.key for point in blocking(vendor)]:
        onboarding.waive(operator=operator, vendor=vendor, keys=left, reason="Демо")


def _import_list(shop: Shop, vendor: Vendor, say: Callable[[str], None]) -> None:
    if ImportRun.objects.filter(vendor=vendor, state=RunState.APPLIED).exists():
        return
    began = time.monotonic()
    path = TARGET / FILES[shop]
    run = import_file(
        vendor=vendor, path=path, original_name=path.name, user=vendor.applied_by, auto_apply=True
    )
    if run.state != RunState.APPLIED:
        raise CommandError(f"{path.name} was not applied: it is {run.state} ({run.guard or run.error}).")
    say(
        f"{vendor.name}: {run.counts.get('new', 0)} offers, {run.counts.get('errors', 0)} rows with errors,"
        f" {time.monotonic() - began:.1f} s"
    )


def _confirm_paths(shop: Shop, vendor: Vendor) -> None:
    """What the owner would do on the page of categories: decide the paths that were not placed, or not rightly."""
    meant: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for (letter, slug), path in paths().items():
        if letter == shop:
            meant[_folded(path)].add(slug)
    categories = {category.slug: category for category in Category.objects.all()}
    for link in CategoryLink.objects.filter(vendor=vendor, confirmed_at__isnull=True):
        parts = _folded(link.path.split(PATH_SEPARATOR))
        # The stationer's brand rows stand below the group: the longest known beginning counts.
        slugs = next((meant[parts[:end]] for end in range(len(parts), 0, -1) if parts[:end] in meant), None)
        if slugs is None:
            continue
        right = [categories[slug] for slug in sorted(slugs) if slug in categories]
        if right and leads_to(link) not in {category.pk for category in right}:
            confirm_category(link=link, category=_common(right), user=vendor.applied_by)


def _folded(path: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in path)


def _common(categories: list[Category]) -> Category:
    """The one category, or the nearest that holds all of them."""
    prefix = categories[0].path
    while not all(category.path.startswith(prefix) for category in categories):
        prefix = prefix[: -Category.steplen]
    return Category.objects.filter(path=prefix).first() or categories[0]


def _follow(shop: Shop, vendor: Vendor) -> None:
    if not CategoryFollow.objects.filter(vendor=vendor).exists():
        slugs = read_json("requests")["follows"][shop]
        ids = Category.objects.filter(slug__in=slugs).values_list("pk", flat=True)
        follow_categories(vendor=vendor, category_ids=list(ids))


def _publish_requests(buyer: User) -> None:
    categories = dict(Category.objects.values_list("slug", "pk"))
    for wanted in read_json("requests")["requests"]:
        mine = BuyerRequest.objects.filter(buyer=buyer, title=wanted["title"])
        if mine.exclude(state=RequestState.DRAFT).exists():
            continue
        draft = mine.first() or create_draft(buyer=buyer, title=wanted["title"])
        day = timezone.localdate() + dt.timedelta(days=wanted["days"])
        deadline = timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
        draft = save_draft(
            buyer=buyer,
            request=draft,
            title=wanted["title"],
            lines=[_line(line, categories) for line in wanted["lines"]],
            notes=wanted["notes"],
            place=wanted["place"],
            deadline_at=deadline,
            name_hidden=wanted["name_hidden"],
        )
        publish_request(buyer=buyer, request=draft)
        if wanted.get("template"):
            keep_template(owner=buyer, request=draft, name=wanted["template"])


def _line(line: dict[str, Any], categories: dict[str, int]) -> LineInput:
    return LineInput(
        text=line["text"],
        quantity=Decimal(line["quantity"]),
        unit=line["unit"],
        ceiling_amount=to_price(Decimal(line["ceiling"])) if line.get("ceiling") else None,
        category_id=categories.get(line["category"]),
        wants=[
            want
            for name, must in (("must", True), ("wished", False))
            for text in line.get(name, ())
            if (want := want_of(text, must=must)) is not None
        ],
        substitutes=line.get("substitutes", True),
        gtin=line.get("gtin", ""),
        place=line.get("place", ""),
    )
