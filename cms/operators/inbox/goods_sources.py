"""Queues about goods: categories, doubtful joins, barcodes, held names, reported offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.flags import selectors as flags
from catalog.flags import services as flagging
from catalog.flags.enums import Verdict
from catalog.flags.models import FlagCase
from cms.operators.inbox.errors import ItemGone
from cms.operators.inbox.queues import Act, Answer, Queue, Shown, Source
from core.money import Money
from price_lists.deciding import decisions as placing
from price_lists.deciding import reads
from price_lists.held import names
from price_lists.joining import decisions as joining
from price_lists.joining import selectors as joins
from price_lists.joining.enums import ConflictState
from price_lists.joining.models import GtinConflict, OfferPair
from price_lists.models import CategoryLink, TitleRemark
from price_lists.title_rules import selectors as rules

CHANGE_CATEGORY = "catalog.change_category"
CHANGE_PRODUCT = "catalog.change_product"
#: Vendors' links that one decision about a path is for.
_LINKS = 500


def _paths() -> QuerySet[CategoryLink]:
    """Of one path of several vendors the first link stands for all."""
    earlier = CategoryLink.objects.filter(
        path_hash=OuterRef("path_hash"),
        pk__lt=OuterRef("pk"),
        confirmed_at__isnull=True,
        waiting__gt=0,
    ).exclude(by_goods=True, confirmed_by__isnull=False)
    return reads.queue().order_by().exclude(Exists(earlier))


def _same_path(link: CategoryLink) -> QuerySet[CategoryLink]:
    return reads.queue().filter(path_hash=link.path_hash)


def _show_paths(rows: Sequence[CategoryLink]) -> list[Shown]:
    """Two queries: the links of all these paths, and what is learnt of each."""
    same: dict[bytes, list[CategoryLink]] = {}
    for link in reads.queue().filter(path_hash__in=[row.path_hash for row in rows]):
        same.setdefault(bytes(link.path_hash), []).append(link)
    shown = []
    for row in rows:
        links = same.get(bytes(row.path_hash), [row])
        shown.append(
            Shown(
                title=row.path,
                vendor_id=row.vendor_id,
                vendor=", ".join(sorted({link.vendor.name for link in links})[:3]),
                facts=(
                    (_("Offers that wait"), str(sum(link.waiting for link in links))),
                    (_("Vendors"), str(len(links))),
                    (_("Goods of it"), "; ".join(row.titles[:3]) or "–"),
                ),
                url=reverse("operators_category_queue"),
                stamp=str(row.confidence),
            )
        )
    return shown


def _map(row: CategoryLink, operator: User, answer: Answer) -> None:
    ids = list(_same_path(row).values_list("pk", flat=True)[:_LINKS])
    if not placing.map_paths(link_ids=ids, category=answer.category, user=operator, overrule=False):
        raise ItemGone("item_gone")


def _mixed(row: CategoryLink, operator: User, _answer: Answer) -> None:
    if not placing.mark_mixed(
        link_ids=list(_same_path(row).values_list("pk", flat=True)[:_LINKS]), user=operator
    ):
        raise ItemGone("item_gone")


PATHS = Source(
    key="path",
    permission=CHANGE_CATEGORY,
    rows=_paths,
    at="created_at",
    show=_show_paths,
    acts=(
        Act("map", _("Into this category"), _map, needs_category=True, traced=True),
        Act("mixed", _("Mixed: place goods one by one"), _mixed, traced=True),
    ),
    vendor_field="vendor",
)


def _pairs() -> QuerySet[OfferPair]:
    return joins.open_pairs().order_by()


def _show_pairs(rows: Sequence[OfferPair]) -> list[Shown]:
    return [
        Shown(
            title=f"{pair.left.title} ↔ {pair.right.title}",
            vendor_id=pair.left.vendor_id,
            vendor=f"{pair.left.vendor.name}, {pair.right.vendor.name}",
            facts=(
                (pair.left.vendor.name, f"{pair.left.title}, {pair.left.price}"),
                (pair.right.vendor.name, f"{pair.right.title}, {pair.right.price}"),
                (_("Likely one good"), f"{round(pair.probability * 100)} %"),
                *((_("Speaks for or against"), str(reason)) for reason in doubt.reasons[:6]),
            ),
            url=reverse("operators_pairs"),
            stamp=pair.state,
        )
        for pair, doubt in zip(rows, joins.doubts(rows), strict=True)
    ]


def _answer_pair(*, is_same: bool) -> Any:
    def run(pair: OfferPair, operator: User, _answer: Answer) -> None:
        joining.answer_pair(pair=pair, is_same=is_same, actor=operator.typed_id)

    return run


PAIRS = Source(
    key="pair",
    permission=CHANGE_PRODUCT,
    rows=_pairs,
    at="created_at",
    show=_show_pairs,
    acts=(
        Act("same", _("One good"), _answer_pair(is_same=True), traced=True),
        Act("apart", _("Different goods"), _answer_pair(is_same=False), traced=True),
    ),
)


def _barcodes() -> QuerySet[GtinConflict]:
    return joins.conflicts(ConflictState.OPEN).order_by()


def _show_barcodes(rows: Sequence[GtinConflict]) -> list[Shown]:
    return [
        Shown(
            title=found.conflict.gtin,
            vendor=", ".join(sorted({offer.vendor.name for offer in found.offers})[:3]),
            facts=tuple((offer.vendor.name, offer.title) for offer in found.offers),
            url=reverse("operators_barcodes"),
            stamp=found.conflict.state,
        )
        for found in joins.quarantines(rows)
    ]


def _judge_barcode(*, is_trusted: bool) -> Any:
    def run(conflict: GtinConflict, operator: User, _answer: Answer) -> None:
        joining.judge_barcode(conflict=conflict, is_trusted=is_trusted, actor=operator.typed_id)

    return run


BARCODES = Source(
    key="barcode",
    permission=CHANGE_PRODUCT,
    rows=_barcodes,
    at="created_at",
    show=_show_barcodes,
    acts=(
        Act("trust", _("Trust the barcode"), _judge_barcode(is_trusted=True), traced=True),
        Act("refuse", _("It joins nothing"), _judge_barcode(is_trusted=False), traced=True),
    ),
)


def _names() -> QuerySet[TitleRemark]:
    return names.undecided_names().order_by()


def _show_names(rows: Sequence[TitleRemark]) -> list[Shown]:
    shown = []
    for row in rows:
        held = rules.shown(row)
        shown.append(
            Shown(
                title=row.offer.title,
                vendor_id=row.vendor_id,
                vendor=row.vendor.name,
                facts=tuple((_("Why it is held"), reason) for reason in held.reasons),
                url=reverse("operators_held_names"),
                stamp=held.seen,
            )
        )
    return shown


def _pass(row: TitleRemark, operator: User, answer: Answer) -> None:
    passed, _others = names.let_pass(
        operator=operator, seen={row.pk: rules.shown(row).seen}, reason=answer.reason
    )
    if not passed:
        raise ItemGone("item_gone")


def _keep(row: TitleRemark, operator: User, answer: Answer) -> None:
    kept, _others = names.keep_held(
        operator=operator, seen={row.pk: rules.shown(row).seen}, reason=answer.reason
    )
    if not kept:
        raise ItemGone("item_gone")


NAMES = Source(
    key="name",
    permission="price_lists.change_titlerule",
    rows=_names,
    at="held_at",
    show=_show_names,
    acts=(
        Act("pass", _("Let it pass"), _pass, traced=True),
        Act("keep", _("It stays held"), _keep, needs_reason=True, is_hard=True, traced=True),
    ),
    vendor_field="vendor",
)


def _cases() -> QuerySet[FlagCase]:
    return (
        flags.open_cases()
        .order_by()
        .select_related("offer__vendor", "offer__category")
        .prefetch_related("flags")
    )


def _also_shown(vendors: int) -> tuple[tuple[Any, str], ...]:
    """Taking the photo down takes it from all of them."""
    return ((_("Other vendors who show the same photos"), str(vendors)),) if vendors else ()


def _show_cases(rows: Sequence[FlagCase]) -> list[Shown]:
    shown = []
    others = flags.count_of_others(rows)
    for case in rows:
        said = [
            f"{flag.get_reason_display()}{f': {flag.text}' if flag.text else ''}"
            for flag in list(case.flags.all())[:10]
        ]
        offer = case.offer
        price = Money.from_price(offer.price_amount, offer.price_currency)
        shown.append(
            Shown(
                title=offer.title,
                vendor_id=case.vendor_id,
                vendor=offer.vendor.name,
                facts=(
                    (_("Reports"), str(case.reports)),
                    *((_("Reported"), each) for each in said),
                    (_("Category"), str(offer.category) if offer.category else "–"),
                    (_("Price"), str(price)),
                    (_("Photos"), str(len(offer.photos))),
                    *_also_shown(others.get(case.pk, 0)),
                ),
                url=reverse("storefront:offer", args=[offer.pk]),
                # Not how many reported it: more reports while the operator writes change nothing to be decided.
                stamp=case.verdict or "open",
            )
        )
    return shown


def _decide_case(verdict: Verdict) -> Any:
    def run(case: FlagCase, operator: User, answer: Answer) -> None:
        flagging.decide(
            operator=operator,
            case_id=case.pk,
            verdict=verdict,
            reason=answer.reason,
            category=answer.category,
            photo=answer.choice,
        )

    return run


FLAGS = Source(
    key="flag",
    permission="catalog.change_flagcase",
    rows=_cases,
    at="opened_at",
    show=_show_cases,
    acts=(
        Act(
            "hide",
            _("Hide the offer"),
            _decide_case(Verdict.HIDDEN),
            needs_reason=True,
            is_hard=True,
            traced=True,
        ),
        Act(
            "photo",
            _("Take the photo down"),
            _decide_case(Verdict.PHOTO),
            needs_reason=True,
            is_hard=True,
            traced=True,
        ),
        Act(
            "move",
            _("Into this category"),
            _decide_case(Verdict.MOVED),
            needs_reason=True,
            needs_category=True,
            traced=True,
        ),
        Act(
            "dismiss",
            _("Nothing is wrong with it"),
            _decide_case(Verdict.DISMISSED),
            needs_reason=True,
            traced=True,
        ),
    ),
    vendor_field="vendor",
    extra="cms/operators/inbox/_photos.html",
)

_DAY = dt.timedelta(days=1)
QUEUES = (
    Queue("flags", _("Reported offers and photos"), _DAY, (FLAGS,), order=12),
    Queue("paths", _("Categories to decide"), 3 * _DAY, (PATHS,), order=30, more="operators_category_queue"),
    Queue("pairs", _("Doubtful pairs"), 7 * _DAY, (PAIRS,), order=40, more="operators_pairs"),
    Queue("barcodes", _("Barcodes in quarantine"), 7 * _DAY, (BARCODES,), order=42, more="operators_barcodes"),
    Queue("names", _("Held names"), 3 * _DAY, (NAMES,), order=44, more="operators_held_names"),
)  # fmt: skip
