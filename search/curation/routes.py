"""Queries that lead to a page: made, ended, and where one leads now."""

from __future__ import annotations

import re
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Category
from core import clock
from core.audit.services import record
from core.own_paths import is_search
from search.analysis import query_words
from search.curation import handling
from search.curation.enums import HandledBy, Match, RouteKind
from search.curation.errors import RouteRefused
from search.curation.matching import terms_of
from search.curation.models import QueryRoute
from search.curation.routing import RouteRule
from search.learning.keys import query_key
from search.locks import lock_tuning
from search.query import SearchQuery
from search.tuning import trail
from search.tuning.current import known_tuning, renew_token
from search.tuning.enums import TuningState
from vendors.enums import VendorState
from vendors.models import Vendor

#: A path of this site: not another one's, no second slash, nothing that a browser reads as one.
_PATH: Final = re.compile(r"/(?![/\\])[\w\-./~%]*(\?[\w\-./~%=&+]*)?")


def add_route(
    *,
    words: str,
    match: str,
    language: str,
    target: Category | Vendor | str,
    note: str,
    actor: str,
) -> QueryRoute:
    """Acts at once. `target` is a category, a vendor that buyers may see, or a path of this site. An earlier one of the same
    words ends. Raises RouteRefused, which names the field.
    """
    words = " ".join(words.split())
    if not terms_of(query_words(words)):
        said = _("There is no word in it that searching looks at.")
        raise RouteRefused("no_words", said, field="words")
    if isinstance(target, str) and not _PATH.fullmatch(target):
        said = _("A path of this site, as in the address bar, without the site: /help/delivery/.")
        raise RouteRefused("not_a_path", said, field="path")
    if isinstance(target, str) and is_search(target):
        said = _("This is the page of results itself. Choose the page that buyers need instead.")
        raise RouteRefused("to_search", said, field="path")
    if isinstance(target, Vendor) and target.state != VendorState.APPROVED:
        raise RouteRefused("vendor_hidden", _("Buyers cannot see this vendor now."), field="vendor")
    kind = (
        RouteKind.CATEGORY
        if isinstance(target, Category)
        else RouteKind.VENDOR
        if isinstance(target, Vendor)
        else RouteKind.PAGE
    )
    now = clock.now()
    with transaction.atomic():
        lock_tuning()
        same = QueryRoute.objects.filter(state=TuningState.LIVE, words=words, match=match, language=language)
        same.update(state=TuningState.PAST, ended_by=actor, ended_at=now)
        route = QueryRoute.objects.create(
            state=TuningState.LIVE,
            words=words,
            match=match,
            language=language,
            kind=kind,
            category=target if isinstance(target, Category) else None,
            vendor=target if isinstance(target, Vendor) else None,
            path=target if isinstance(target, str) else "",
            note=note.strip(),
            made_by=actor,
            made_at=now,
            live_by=actor,
            live_at=now,
        )
        subject = f"query_route:{route.pk}"
        record(
            actor=actor,
            action=trail.ROUTE_MADE,
            subject=subject,
            subject_name=words,
            reason=route.note,
            details={"kind": kind, "to": target if isinstance(target, str) else target.pk, "match": match},
        )
        if match == Match.EXACT:
            handling.note(
                key=query_key(words), words=words, handled_by=HandledBy.ROUTE, subject=subject, actor=actor
            )
        renew_token()
    return route


def end_route(*, pk: int, actor: str) -> QueryRoute | None:
    """None if it is over already."""
    with transaction.atomic():
        lock_tuning()
        route = QueryRoute.objects.filter(pk=pk, state=TuningState.LIVE).first()
        if route is None:
            return None
        route.state, route.ended_by, route.ended_at = TuningState.PAST, actor, clock.now()
        route.save(update_fields=["state", "ended_by", "ended_at"])
        handling.was_ended(subject=f"query_route:{pk}")
        record(actor=actor, action=trail.ROUTE_ENDED, subject=f"query_route:{pk}", subject_name=route.words)
        renew_token()
    return route


def routes() -> QuerySet[QueryRoute]:
    """Those that are live, the newest first."""
    live = QueryRoute.objects.filter(state=TuningState.LIVE)
    return live.select_related("category", "vendor").order_by("-pk")


def route_of(query: SearchQuery) -> RouteRule | None:
    """Where a query leads that limits nothing: no statement. Who asks for exactly these words wants their results.
    A rule for the very query comes before one for all that have its words, then the newest.
    """
    plain = SearchQuery(words=query.words, language=query.language, page_size=query.page_size)
    if not query.words or query != plain:
        return None
    found = known_tuning().routes.of(query.words, query.language)
    return max(found, key=lambda rule: (rule.exact, rule.pk), default=None)
