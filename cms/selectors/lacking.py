"""What blocks of pages lack: picked goods that left, categories and vendors that are gone, rows that find nothing.

Pages show nothing of it: they draw the rest. Operators see it in the editor and in a report. However many pages and blocks
there are, each kind of thing is looked up once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Page

from catalog.models import Category, Offer
from cms.blocks.choosers import as_number
from cms.models import HomePage, LandingPage
from cms.selectors.goods import Row, found_for_row
from cms.selectors.places import current_category
from core.own_paths import leads_nowhere
from vendors.models import Vendor

#: Rows whose searches are asked for at most in one report: each is a search.
_MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Lack:
    """`what` is a sentence for operators; `code` one word for it."""

    page: Any
    block_id: str
    block: str
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing that a block names: `kind` and its number, or its address."""

    page: Any
    block_id: str
    block: str
    kind: str
    key: Any


def pages_with_blocks() -> list[Any]:
    """Published pages whose blocks show live things."""
    homes = HomePage.objects.live().select_related("locale").order_by("path")
    landings = LandingPage.objects.live().select_related("locale").order_by("path")
    return [*homes, *landings]


def lacks_of(pages: Iterable[Any]) -> list[Lack]:
    """In the order of pages and blocks."""
    pages = list(pages)
    named = [each for page in pages for each in _named(page)]
    wanted: dict[str, set[Any]] = {}
    for each in named:
        wanted.setdefault(each.kind, set()).add(each.key)
    known = _Known(wanted)
    lacks = [
        Lack(each.page, each.block_id, each.block, code, what)
        for each in named
        if (told := known.lack(each)) is not None
        for code, what in [told]
    ]
    lacks += _rows_in_vain(pages)
    order = {page.pk: place for place, page in enumerate(pages)}
    return sorted(lacks, key=lambda lack: order[lack.page.pk])


def _named(page: Any) -> Iterable[_Named]:
    """From the stored data: what was deleted since is None in the blocks themselves."""
    for raw in page.body.raw_data:
        value = raw.get("value") if isinstance(raw.get("value"), dict) else {}
        where = (page, raw.get("id", ""), str(_label(page, raw["type"])))
        for item in value.get("goods") or ():
            yield _Named(*where, "offer", _item(item))
        for item in value.get("categories") or ():
            yield _Named(*where, "category", _item(item))
        if value.get("category"):
            yield _Named(*where, "category", value["category"])
        if raw["type"] in {"goods", "vendor"} and (value.get("vendor") or raw["type"] == "vendor"):
            yield _Named(*where, "vendor", value.get("vendor"))
        if isinstance(value.get("image"), dict) and value["image"].get("image"):
            yield _Named(*where, "image", value["image"]["image"])
        link = value.get("link") or {}
        if link.get("page"):
            yield _Named(*where, "page", link["page"])
        if link.get("address"):
            yield _Named(*where, "address", link["address"])


def _item(item: Any) -> Any:
    return item.get("value") if isinstance(item, dict) else item


def _label(page: Any, block_type: str) -> Any:
    block = page.body.stream_block.child_blocks.get(block_type)
    return block.label if block else block_type


class _Known:
    """What there is of all that the blocks name: a statement for each kind."""

    def __init__(self, wanted: dict[str, set[Any]]) -> None:
        def numbers(kind: str) -> list[int]:
            return sorted({n for key in wanted.get(kind, ()) if (n := as_number(key)) is not None})

        def rows(query: Any, kind: str) -> dict[int, Any]:
            return query.in_bulk(numbers(kind)) if numbers(kind) else {}

        slugs = [key for key in wanted.get("category", ()) if isinstance(key, str) and as_number(key) is None]
        self.rows: dict[str, dict[int, Any]] = {
            "offer": rows(Offer.objects.select_related("vendor"), "offer"),
            "vendor": rows(Vendor.objects.all(), "vendor"),
            "page": rows(Page.objects.all(), "page"),
            "image": rows(get_image_model().objects.all(), "image"),
            "category": rows(Category.objects.select_related("merged_into"), "category"),
        }
        by_slug = Category.objects.select_related("merged_into").filter(slug__in=slugs) if slugs else ()
        self.slugs = {category.slug: category for category in by_slug}
        gone = [offer for offer in self.rows["offer"].values() if _why_gone(offer)]
        others = Offer.objects.shown().in_groups_of(gone) if gone else ()
        self.others = {offer.group_id for offer in others}

    def lack(self, named: _Named) -> tuple[str, str] | None:
        if named.kind == "address":
            told = _("The address %(name)s leads nowhere.") % {"name": named.key}
            return ("address", told) if leads_nowhere(named.key) else None
        number = as_number(named.key)
        thing = self.rows[named.kind].get(number) if number is not None else self.slugs.get(named.key)
        return getattr(self, f"_{named.kind}")(thing)

    def _offer(self, offer: Offer | None) -> tuple[str, str] | None:
        if offer is None:
            return "deleted", _("A chosen good was deleted, or none was chosen.")
        why = _why_gone(offer)
        if not why:
            return None
        if offer.group_id in self.others:
            told = _("“%(name)s” %(why)s. The same good of another vendor is shown.")
        else:
            told = _("“%(name)s” %(why)s and is not shown.")
        return "offer", told % {"name": offer.title, "why": why}

    def _category(self, category: Category | None) -> tuple[str, str] | None:
        if category is None:
            return "category", _("A category was deleted, or none was chosen.")
        if category.merged_into is not None:
            told = _("The category “%(name)s” was merged into “%(into)s”, which is shown.")
            return "category_merged", told % {"name": category.name, "into": category.merged_into.name}
        if not category.is_active:
            return "category", _("The category “%(name)s” is hidden.") % {"name": category.name}
        return None

    def _vendor(self, vendor: Vendor | None) -> tuple[str, str] | None:
        if vendor is None:
            return "vendor", _("A vendor was deleted, or none was chosen.")
        if vendor.is_out_of_sight:
            return "vendor", _("The vendor “%(name)s” is not shown to buyers.") % {"name": vendor.name}
        return None

    def _page(self, page: Page | None) -> tuple[str, str] | None:
        if page is None:
            return "page", _("The page that it leads to was deleted.")
        if not page.live:
            return "page", _("The page “%(name)s” that it leads to is not published.") % {"name": page.title}
        return None

    def _image(self, image: Any) -> tuple[str, str] | None:
        return ("image", _("Its picture was deleted.")) if image is None else None


def _why_gone(offer: Offer) -> str:
    """Why buyers do not see it, as the end of a sentence; "" where they do."""
    if offer.withdrawn_at is not None:
        return _("was withdrawn by its vendor")
    if offer.hidden_at is not None:
        return _("is hidden")
    if offer.vendor.is_out_of_sight:
        return _("is of a vendor whom buyers do not see")
    return ""


def _rows_in_vain(pages: list[Any]) -> list[Lack]:
    """Rows by search that find nothing that is on sale: a search each, a minute old at most, and one statement."""
    asked: list[tuple[Any, Any, list[int]]] = []
    for page in pages:
        for block in page.body:
            if block.block_type != "goods" or len(asked) >= _MOST_ROWS:
                continue
            value = block.value
            category = current_category(value["category"]) if value["category"] else None
            if (value["category"] and category is None) or (
                value["vendor"] and value["vendor"].is_out_of_sight
            ):
                continue  # told already
            row = Row(
                words=value["words"] or "",
                category_id=category.pk if category else None,
                vendor_id=value["vendor"].pk if value["vendor"] else None,
                max_price=value["max_price"],
                sort=value["order"] or "relevance",
                count=value["count"],
            )
            asked.append((page, block, found_for_row(row)))
    every = {pk for _page, _block, found in asked for pk in found}
    on_sale = set(Offer.objects.shown().filter(pk__in=every).values_list("pk", flat=True)) if every else set()
    return [
        Lack(
            page,
            str(block.id),
            str(block.block.label),
            "nothing_found",
            _("Its search finds nothing on sale."),
        )
        for page, block, found in asked
        if not on_sale.intersection(found)
    ]
