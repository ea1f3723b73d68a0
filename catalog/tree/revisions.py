"""A category's own fields: drafts, proposals and their approval, publishing now or at a time, and what was before.

Each writing is a row. One that is published is what the category has, or had; `compare` shows two of them side by side,
and restoring publishes an old one anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.errors import CategoryNameMissing
from catalog.locks import lock_tree, locked_revision
from catalog.models import Category, CategoryAddress, CategoryRevision, CategoryState
from catalog.services.categories import LANGUAGES, free_slug, name_fields
from catalog.services.freshness import set_fresh_days
from catalog.tree.enums import OPEN_REVISIONS, RevisionState
from catalog.tree.errors import AddressTaken, CategoryGone, ReasonNeeded, RevisionDecided
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record

FIELDS: Final = ("name_uk", "name_ru", "name_en", "slug", "icon", "fresh_days")
PROPOSED = audit_kinds.register("catalog.propose_category", _("Change of a category proposed"))
PUBLISHED = audit_kinds.register("catalog.publish_category", _("Category published"))
SENT_BACK = audit_kinds.register("catalog.send_back_category", _("Proposed change of a category sent back"))
SHOWN = audit_kinds.register("catalog.show_category", _("Category shown or hidden"))
PLANNED = audit_kinds.register("catalog.plan_category", _("Showing or hiding of a category planned"))
#: Beside the fields of a writing that is not published yet: what they were when it was written.
_BASE: Final = "base"


def content_of(category: Category) -> dict[str, Any]:
    """The fields as they are."""
    names = {f"name_{code}": getattr(category, f"name_{code}") or "" for code in LANGUAGES}
    return names | {"slug": category.slug, "icon": category.icon, "fresh_days": category.fresh_days}


def write(
    *,
    category: Category,
    content: Mapping[str, Any],
    state: RevisionState,
    actor: str,
    reason: str = "",
    shows: bool = False,
    publish_at: dt.datetime | None = None,
) -> CategoryRevision:
    """A new writing of the fields: kept as a draft, proposed, scheduled, or published at once.

    Raises CategoryNameMissing, AddressTaken, CategoryGone.
    """
    content = _checked(category, content) | {_BASE: content_of(category)}
    now = clock.now()
    with transaction.atomic():
        lock_tree()
        _keep_first(category, now)
        revision = CategoryRevision.objects.create(
            category=category,
            content=content,
            state=RevisionState.DRAFT,
            shows=shows,
            actor=actor,
            reason=reason,
            created_at=now,
            publish_at=publish_at,
        )
        # A person's newer draft replaces the older one.
        older = CategoryRevision.objects.filter(
            category=category, actor=actor, state__in=[RevisionState.DRAFT, RevisionState.WAITING]
        ).exclude(pk=revision.pk)
        older.update(state=RevisionState.DROPPED)
        if state == RevisionState.PUBLISHED:
            _publish(revision, actor=actor, answer="")
        else:
            _check_in_tree(category)
            revision.state = state
            revision.save(update_fields=["state"])
            if state != RevisionState.DRAFT:
                record(
                    actor=actor,
                    action=PROPOSED if state == RevisionState.WAITING else PLANNED,
                    subject=f"category:{category.pk}",
                    subject_name=category.name,
                    reason=reason,
                    details={"revision": revision.pk, "changes": changes(content_of(category), content)},
                )
    return revision


def approve(*, revision: CategoryRevision, actor: str, answer: str = "") -> CategoryRevision:
    """Somebody with the right publishes what was proposed, at its time where it was proposed for one.

    Raises RevisionDecided, AddressTaken, CategoryGone.
    """
    with transaction.atomic():
        lock_tree()
        revision = locked_revision(revision.pk)
        if revision.state not in OPEN_REVISIONS:
            raise RevisionDecided
        now = clock.now()
        at = revision.publish_at
        if revision.state == RevisionState.SCHEDULED or at is None or at <= now:
            _publish(revision, actor=actor, answer=answer)
            return revision
        category = revision.category
        _check_in_tree(category)
        _check_address(category, outcome(revision)["slug"])
        revision.state, revision.answer = RevisionState.SCHEDULED, answer
        revision.decided_by, revision.decided_at = actor, now
        revision.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        record(
            actor=actor,
            action=PLANNED,
            subject=f"category:{category.pk}",
            subject_name=category.name,
            reason=answer or revision.reason,
            details={
                "revision": revision.pk,
                "proposed_by": revision.actor,
                "publish_at": at.isoformat(),
                "changes": changes(content_of(category), outcome(revision)),
            },
        )
    return revision


def send_back(*, revision: CategoryRevision, actor: str, answer: str) -> CategoryRevision:
    """Not so: with a reason, which the person who proposed it reads. Raises RevisionDecided, ReasonNeeded."""
    if not answer.strip():
        raise ReasonNeeded(field="answer")
    with transaction.atomic():
        revision = locked_revision(revision.pk)
        if revision.state not in OPEN_REVISIONS:
            raise RevisionDecided
        revision.state, revision.answer = RevisionState.SENT_BACK, answer.strip()
        revision.decided_by, revision.decided_at = actor, clock.now()
        revision.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        record(
            actor=actor,
            action=SENT_BACK,
            subject=f"category:{revision.category_id}",
            subject_name=revision.category.name,
            reason=answer,
            details={"revision": revision.pk, "proposed_by": revision.actor},
        )
    return revision


def restore(*, revision: CategoryRevision, actor: str, reason: str = "") -> CategoryRevision:
    """Publishes an old writing anew."""
    return write(
        category=Category.objects.get(pk=revision.category_id),
        content=revision.content,
        state=RevisionState.PUBLISHED,
        actor=actor,
        reason=reason,
    )


def outcome(revision: CategoryRevision) -> dict[str, Any]:
    """The fields once this writing is published: what it changes, and the rest as it is by then."""
    now, content = content_of(revision.category), revision.content
    base = content.get(_BASE)
    if base is None:
        return {name: content[name] for name in FIELDS}
    return now | {name: after for name, (_before, after) in changes(base, content).items()}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} of what differs."""
    return {
        name: [old.get(name), new.get(name)]
        for name in FIELDS
        if (old.get(name) or None) != (new.get(name) or None)
    }


def show(*, category: Category, shown: bool, actor: str, reason: str = "") -> None:
    """Buyers see the category from now on, or no more."""
    with transaction.atomic():
        _show(category, shown=shown)
        record(
            actor=actor,
            action=SHOWN,
            subject=f"category:{category.pk}",
            subject_name=category.name,
            reason=reason,
            details={"shown": shown},
        )


def plan(
    *,
    category: Category,
    show_at: dt.datetime | None,
    hide_at: dt.datetime | None,
    actor: str,
    reason: str = "",
) -> None:
    """When the category is shown and when it is hidden by itself; None: not by itself."""
    with transaction.atomic():
        lock_tree()
        _check_in_tree(category)
        CategoryState.objects.update_or_create(
            category=category, defaults={"show_at": show_at, "hide_at": hide_at}
        )
        record(
            actor=actor,
            action=PLANNED,
            subject=f"category:{category.pk}",
            subject_name=category.name,
            reason=reason,
            details={
                "show_at": show_at.isoformat() if show_at else None,
                "hide_at": hide_at.isoformat() if hide_at else None,
            },
        )


def do_planned() -> int:
    """What is due by now: categories are shown and hidden, scheduled writings published. Returns how many.

    The trace names who planned it.
    """
    now, done = clock.now(), 0
    in_tree = CategoryState.objects.filter(category__merged_into__isnull=True)
    due = in_tree.filter(Q(show_at__lte=now) | Q(hide_at__lte=now)).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            lock_tree()
            state = in_tree.select_related("category").filter(pk=pk).first()
            if state is None:  # merged or deleted since
                continue
            moments = [(at, shown) for at, shown in ((state.show_at, True), (state.hide_at, False)) if at]
            past = sorted(each for each in moments if each[0] <= now)
            if not past:
                continue
            fields = {"show_at" if shown else "hide_at": None for _at, shown in past}
            # Whoever else looks at this moment finds it done.
            if CategoryState.objects.filter(pk=pk, show_at=state.show_at, hide_at=state.hide_at).update(
                **fields
            ):
                _show(state.category, shown=past[-1][1])
                record(
                    actor="schedule",
                    action=SHOWN,
                    subject=f"category:{pk}",
                    subject_name=state.category.name,
                    details={"shown": past[-1][1], "planned": True},
                )
                done += 1
    scheduled = CategoryRevision.objects.filter(state=RevisionState.SCHEDULED, publish_at__lte=now)
    for pk in list(scheduled.order_by("publish_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            lock_tree()
            revision = locked_revision(pk)
            if revision.state == RevisionState.SCHEDULED:
                try:
                    with transaction.atomic():
                        # In the name of who let it through, where somebody else had proposed it.
                        _publish(
                            revision, actor=revision.decided_by or revision.actor, answer=revision.answer
                        )
                except (AddressTaken, CategoryGone, CategoryNameMissing) as error:
                    revision.state, revision.answer = RevisionState.SENT_BACK, str(error)
                    revision.save(update_fields=["state", "answer"])
                done += 1
    return done


def note_names(category: Category, before: Mapping[str, Any]) -> None:
    """Keeps of which Ukrainian name each translation is: a translation that was not touched stays one of the old name."""
    source, old_source = category.name_uk or "", before.get("name_uk") or ""
    state, _created = CategoryState.objects.get_or_create(category=category)
    for code in ("ru", "en"):
        name, old = getattr(category, f"name_{code}") or "", before.get(f"name_{code}") or ""
        made_from = getattr(state, f"{code}_from")
        if not name:
            made_from = ""
        elif name != old:
            made_from = source
        elif not made_from:
            made_from = old_source
        setattr(state, f"{code}_from", made_from)
    state.save(update_fields=["ru_from", "en_from"])


def confirm_translation(*, category: Category, actor: str) -> None:
    """The translations still fit the new name: somebody looked."""
    with transaction.atomic():
        source = category.name_uk or ""
        CategoryState.objects.update_or_create(
            category=category,
            defaults={f"{code}_from": source for code in ("ru", "en") if getattr(category, f"name_{code}")},
        )
        record(
            actor=actor,
            action=PUBLISHED,
            subject=f"category:{category.pk}",
            subject_name=category.name,
            details={"translations": "confirmed"},
        )


def _checked(category: Category, content: Mapping[str, Any]) -> dict[str, Any]:
    full = content_of(category) | {name: content[name] for name in FIELDS if name in content}
    for code in LANGUAGES:
        full[f"name_{code}"] = (full[f"name_{code}"] or "").strip()
    name_fields({code: full[f"name_{code}"] for code in LANGUAGES})
    full["slug"] = slugify(full["slug"] or "") or category.slug
    _check_address(category, full["slug"])
    return full


def _check_address(category: Category, slug: str) -> None:
    others = Category.objects.filter(slug=slug).exclude(pk=category.pk).exists()
    if others or CategoryAddress.objects.filter(slug=slug).exclude(category=category).exists():
        raise AddressTaken(field="slug")


def _check_in_tree(category: Category) -> None:
    if Category.objects.filter(pk=category.pk, merged_into__isnull=False).exists():
        raise CategoryGone


def _keep_first(category: Category, now: dt.datetime) -> None:
    """What the category had before it had revisions, so that it can be compared and restored."""
    if not CategoryRevision.objects.filter(category=category).exists():
        CategoryRevision.objects.create(
            category=category,
            content=content_of(Category.objects.get(pk=category.pk)),
            state=RevisionState.PUBLISHED,
            actor="",
            created_at=now,
        )


def _publish(revision: CategoryRevision, *, actor: str, answer: str) -> None:
    category = Category.objects.get(pk=revision.category_id)
    _check_in_tree(category)
    revision.category = category
    # What it does not change stays as it is now, whatever it was when this was written.
    before, content = content_of(category), outcome(revision)
    name_fields({code: content[f"name_{code}"] or "" for code in LANGUAGES})
    _check_address(category, content["slug"])
    for code in LANGUAGES:
        setattr(category, f"name_{code}", content[f"name_{code}"] or None)
    category.icon = content["icon"]
    if content["slug"] != category.slug:
        CategoryAddress.objects.filter(slug=content["slug"], category=category).delete()
        CategoryAddress.objects.get_or_create(slug=category.slug, defaults={"category": category})
        category.slug = content["slug"]
    category.save()
    note_names(category, before)
    if content["fresh_days"] != before["fresh_days"]:
        set_fresh_days(category=category, days=content["fresh_days"], owner=actor)
    if revision.shows:
        _show(category, shown=True)
    revision.content, revision.state = content, RevisionState.PUBLISHED
    revision.answer, revision.decided_by, revision.decided_at = answer, actor, clock.now()
    revision.save(update_fields=["content", "state", "answer", "decided_by", "decided_at"])
    record(
        actor=actor,
        action=PUBLISHED,
        subject=f"category:{category.pk}",
        subject_name=category.name,
        reason=answer or revision.reason,
        details={
            "revision": revision.pk,
            "proposed_by": revision.actor,
            "changes": changes(before, content),
            "shown": revision.shows,
        },
    )


def _show(category: Category, *, shown: bool) -> None:
    # One that was merged stays hidden: its place is with the other one now.
    if not Category.objects.filter(pk=category.pk, merged_into__isnull=True).update(is_active=shown):
        raise CategoryGone
    category.is_active = shown
    if shown:
        state, _created = CategoryState.objects.get_or_create(category=category)
        if state.first_shown_at is None:
            CategoryState.objects.filter(pk=state.pk).update(first_shown_at=clock.now())


def address_for(names: Mapping[str, str]) -> str:
    """A free address for these names."""
    return free_slug(names.get("en") or next((name for name in names.values() if name), ""))
