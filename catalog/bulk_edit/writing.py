"""One chunk of an edit, carried out or taken back: offers, people's words, rows and outbox in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F, JSONField, Value

from catalog.attributes.current import stored_rules
from catalog.bulk_edit.enums import Action, RowState
from catalog.bulk_edit.judging import judge_of, target_of
from catalog.bulk_edit.models import BulkEdit, BulkRow
from catalog.enums import EditRank
from catalog.locks import locked_offers
from catalog.models import Offer, OfferEdit
from catalog.services.changes import CONSUMERS, SHOWN_TO, announce
from catalog.services.drafts import FACT
from catalog.tree.addresses import where_now
from core import clock
from core.bulk import json_text, update_rows

_CATEGORY: Final = "category_id"


def apply_rows(edit: BulkEdit, rows: Sequence[BulkRow]) -> list[Offer]:
    """Carries out what these rows say, in a transaction of its own; returns the offers that changed.

    What an offer is by now counts, not what it was when it was looked at: one that is so already stays as it is.
    """
    judge = judge_of(edit)
    with transaction.atomic():
        offers = {offer.pk: offer for offer in locked_offers([row.offer_id for row in rows])}
        due: list[tuple[BulkRow, Offer]] = []
        for row in rows:
            offer = offers[row.offer_id]
            verdict = judge(offer)
            if verdict.state == RowState.WAITING:
                if edit.action == Action.FILL and verdict.value != row.value:
                    row.state = RowState.CHANGED_SINCE  # its name tells another value than the one looked at
                    continue
                due.append((row, offer))
            else:
                row.state = verdict.state if verdict.state is not None else RowState.LEFT_OUT
        if due:
            _APPLY[edit.action](edit, due)
            consumers = SHOWN_TO if edit.action == Action.SHOW else CONSUMERS
            announce([offer.pk for _row, offer in due], consumers=consumers)
        BulkRow.objects.bulk_update(rows, ["state", "before", "after"])
    return [offer for _row, offer in due]


def undo_rows(edit: BulkEdit, rows: Sequence[BulkRow]) -> list[Offer]:
    """Takes back what these rows did, where nobody has changed it since; returns the offers that changed."""
    with transaction.atomic():
        offers = {offer.pk: offer for offer in locked_offers([row.offer_id for row in rows])}
        edits = _edits_of(offers)
        gone = _rows_without_place(edit, rows)
        due: list[tuple[BulkRow, Offer]] = []
        for row in rows:
            if row.pk not in gone and _is_as_left(edit, row, offers[row.offer_id], edits):
                row.state = RowState.UNDONE
                due.append((row, offers[row.offer_id]))
            else:
                row.state = RowState.CHANGED_SINCE
        if due:
            _UNDO[edit.action](due)
            consumers = SHOWN_TO if edit.action == Action.HIDE else CONSUMERS
            announce([offer.pk for _row, offer in due], consumers=consumers)
        BulkRow.objects.bulk_update(rows, ["state"])
    return [offer for _row, offer in due]


# Carrying out ---------------------------------------------------------------------------------------------


def _categorise(edit: BulkEdit, due: Sequence[tuple[BulkRow, Offer]]) -> None:
    target = target_of(edit)  # there: else the judge had let none through
    kept = _take_over(edit, [(offer.pk, _CATEGORY, target) for _row, offer in due])
    for row, offer in due:
        old, new = kept[offer.pk, _CATEGORY]
        row.state, row.before = RowState.APPLIED, {"category": offer.category_id, "edit": old}
        row.after = {"category": target, "edit": new}
    _update([offer.pk for _row, offer in due], category=target)


def _set_facts(edit: BulkEdit, due: Sequence[tuple[BulkRow, Offer]]) -> None:
    tree = stored_rules()
    wanted: dict[int, dict[str, Any]] = {}
    cleared: dict[int, list[str]] = {}
    for row, offer in due:
        if edit.action == Action.FILL:
            wanted[offer.pk] = {edit.given["code"]: row.value}
            cleared[offer.pk] = []
            continue
        own = {each.code for each in tree.of(offer.category_id).attributes}
        wanted[offer.pk] = {code: value for code, value in edit.given.get("set", {}).items() if code in own}
        cleared[offer.pk] = [code for code in edit.given.get("clear", ()) if code in offer.facts]
    kept = _take_over(
        edit,
        [(pk, FACT + code, value) for pk, told in wanted.items() for code, value in told.items()],
        cleared=[(pk, FACT + code) for pk, codes in cleared.items() for code in codes],
    )
    changed = []
    for row, offer in due:
        codes = [*wanted[offer.pk], *cleared[offer.pk]]
        row.state = RowState.APPLIED
        row.before, row.after = {}, {}
        facts = dict(offer.facts)
        for code in codes:
            old, new = kept[offer.pk, FACT + code]
            row.before[code] = {"edit": old, "had": code in facts, "value": facts.get(code)}
            row.after[code] = {"edit": new}
            if new is None:
                facts.pop(code, None)
            else:
                facts[code] = wanted[offer.pk][code]
        changed.append((json_text(facts), offer.pk))
    update_rows(Offer, ("facts",), changed, also="version = version + 1")


def _hide(edit: BulkEdit, due: Sequence[tuple[BulkRow, Offer]]) -> None:
    now = clock.now().replace(microsecond=0)
    for row, offer in due:
        row.state, row.before = RowState.APPLIED, _sight(offer)
        row.after = {"at": now.isoformat(), "reason": edit.reason}
    _update([offer.pk for _row, offer in due], hidden_at=now, hidden_reason=edit.reason)


def _show(_edit: BulkEdit, due: Sequence[tuple[BulkRow, Offer]]) -> None:
    for row, offer in due:
        row.state, row.before, row.after = RowState.APPLIED, _sight(offer), {"at": None}
    _update([offer.pk for _row, offer in due], hidden_at=None, hidden_reason="")


_APPLY: Final = {
    Action.CATEGORY: _categorise,
    Action.FACTS: _set_facts,
    Action.FILL: _set_facts,
    Action.HIDE: _hide,
    Action.SHOW: _show,
}


# Taking back ----------------------------------------------------------------------------------------------


def _undo_category(due: Sequence[tuple[BulkRow, Offer]]) -> None:
    kept = {offer.pk: row.before or {} for row, offer in due}
    words = {pk: before.get("edit") for pk, before in kept.items()}
    places = where_now(
        {before["category"] for before in kept.values() if before.get("category") is not None}
        | {word[0] for word in words.values() if word is not None and word[0] is not None}
    )
    # A word that names a category that is gone would make each import put the offer there again.
    _give_back([(pk, _CATEGORY, _word_now(word, places)) for pk, word in words.items()])
    # A vendor's own word that was below the operator's holds again; else what was there.
    said = dict(
        OfferEdit.objects.filter(offer__in=[offer.pk for _row, offer in due], field=_CATEGORY)
        .order_by("rank")
        .values_list("offer_id", "value")
    )
    places |= where_now({value for value in said.values() if value is not None})
    by_category: dict[int | None, list[int]] = {}
    for pk, before in kept.items():
        was = before.get("category")
        target = said.get(pk, was)
        if target is not None:
            target = places.get(target, places.get(was))
        by_category.setdefault(target, []).append(pk)
    for target, pks in by_category.items():
        _update(pks, category=target)


def _word_now(word: Any, places: dict[int, int]) -> Any:
    """[value, actor] with the category that it leads to by now; None where that is gone."""
    if word is None or word[0] is None:
        return word
    return [places[word[0]], word[1]] if word[0] in places else None


def _rows_without_place(edit: BulkEdit, rows: Sequence[BulkRow]) -> set[int]:
    """Rows whose offer came from a category that is gone by now: it stays where it is."""
    if edit.action != Action.CATEGORY:
        return set()
    came_from = {row.pk: (row.before or {}).get("category") for row in rows}
    places = where_now({each for each in came_from.values() if each is not None})
    return {pk for pk, each in came_from.items() if each is not None and each not in places}


def _undo_facts(due: Sequence[tuple[BulkRow, Offer]]) -> None:
    _give_back(
        [
            (offer.pk, FACT + code, kept["edit"])
            for row, offer in due
            for code, kept in (row.before or {}).items()
        ]
    )
    changed = []
    for row, offer in due:
        facts = dict(offer.facts)
        for code, kept in (row.before or {}).items():
            if kept["had"]:
                facts[code] = kept["value"]
            else:
                facts.pop(code, None)
        changed.append((json_text(facts), offer.pk))
    update_rows(Offer, ("facts",), changed, also="version = version + 1")


def _undo_sight(due: Sequence[tuple[BulkRow, Offer]]) -> None:
    by_sight: dict[tuple[str | None, str], list[int]] = {}
    for row, offer in due:
        before = row.before or {}
        by_sight.setdefault((before.get("at"), before.get("reason", "")), []).append(offer.pk)
    for (at, reason), pks in by_sight.items():
        _update(pks, hidden_at=None if at is None else dt.datetime.fromisoformat(at), hidden_reason=reason)


_UNDO: Final = {
    Action.CATEGORY: _undo_category,
    Action.FACTS: _undo_facts,
    Action.FILL: _undo_facts,
    Action.HIDE: _undo_sight,
    Action.SHOW: _undo_sight,
}


def _is_as_left(
    edit: BulkEdit, row: BulkRow, offer: Offer, edits: dict[tuple[int, str], tuple[int, Any]]
) -> bool:
    """Whether what this edit left is still there: the same row of a person's word with the same value, the same moment of
    hiding. A later change, back and forth, makes another row.
    """
    after = row.after or {}
    match edit.action:
        case Action.CATEGORY:
            return edits.get((offer.pk, _CATEGORY)) == (after["edit"], after["category"])
        case Action.HIDE:
            at = None if offer.hidden_at is None else offer.hidden_at.isoformat()
            return at == after["at"] and offer.hidden_reason == after["reason"]
        case Action.SHOW:
            return offer.hidden_at is None
    for code, left in after.items():
        now = edits.get((offer.pk, FACT + code))
        if (None if now is None else now[0]) != left["edit"]:
            return False
        if now is not None and (code not in offer.facts or offer.facts[code] != now[1]):
            return False
    return True


def _take_over(
    edit: BulkEdit, said: Sequence[tuple[int, str, Any]], *, cleared: Sequence[tuple[int, str]] = ()
) -> dict[tuple[int, str], tuple[Any, int | None]]:
    """Writes the operator's word (offer, field, value) anew and strikes what is cleared. Returns for each what stood there
    before ([value, actor] or None) and the id of the new row.
    """
    fields = {field for _pk, field, _value in said} | {field for _pk, field in cleared}
    offers = {pk for pk, _field, _value in said} | {pk for pk, _field in cleared}
    standing = OfferEdit.objects.filter(offer__in=offers, field__in=fields, rank=EditRank.OPERATOR)
    keys = {(pk, field) for pk, field, _value in said} | set(cleared)
    before = {(row.offer_id, row.field): row for row in standing if (row.offer_id, row.field) in keys}
    OfferEdit.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    made = OfferEdit.objects.bulk_create(
        [
            OfferEdit(offer_id=pk, field=field, value=_json(value), rank=EditRank.OPERATOR, actor=edit.actor)
            for pk, field, value in said
        ]
    )
    new = {(row.offer_id, row.field): row.pk for row in made}
    return {
        key: ([before[key].value, before[key].actor] if key in before else None, new.get(key)) for key in keys
    }


def _give_back(kept: Sequence[tuple[int, str, Any]]) -> None:
    """(offer, field, [value, actor] or None): the operator's word as it was before."""
    fields = {field for _pk, field, _old in kept}
    keys = {(pk, field) for pk, field, _old in kept}
    now = OfferEdit.objects.filter(
        offer__in={pk for pk, _field, _old in kept}, field__in=fields, rank=EditRank.OPERATOR
    )
    gone = [pk for pk, offer, field in now.values_list("pk", "offer_id", "field") if (offer, field) in keys]
    OfferEdit.objects.filter(pk__in=gone).delete()
    OfferEdit.objects.bulk_create(
        [
            OfferEdit(offer_id=pk, field=field, value=_json(old[0]), rank=EditRank.OPERATOR, actor=old[1])
            for pk, field, old in kept
            if old is not None
        ]
    )


def _json(value: Any) -> Any:
    """None as JSON's own null: the column takes no other."""
    return Value(None, JSONField()) if value is None else value


def _edits_of(offers: dict[int, Offer]) -> dict[tuple[int, str], tuple[int, Any]]:
    rows = OfferEdit.objects.filter(offer__in=offers, rank=EditRank.OPERATOR)
    return {
        (offer, field): (pk, value)
        for pk, offer, field, value in rows.values_list("pk", "offer_id", "field", "value")
    }


def _sight(offer: Offer) -> dict[str, Any]:
    return {"at": offer.hidden_at and offer.hidden_at.isoformat(), "reason": offer.hidden_reason}


def _update(pks: Sequence[int], **values: Any) -> None:
    Offer.objects.filter(pk__in=pks).update(version=F("version") + 1, **values)
