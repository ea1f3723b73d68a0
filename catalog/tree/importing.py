"""Taking over branches of an uploaded taxonomy: what is new, what is there already, and doing it as a job."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from anyascii import anyascii
from django.db import transaction
from django.utils.text import slugify

from catalog.attributes.current import renew_token
from catalog.locks import lock_tree
from catalog.models import (
    Category,
    CategoryAddress,
    CategoryCode,
    CategoryState,
    TaxonomyFile,
    TreeOperation,
)
from catalog.tree.chunks import Report
from catalog.tree.enums import OperationKind
from catalog.tree.naming import COUNTED, named
from catalog.tree.operations import ACTIONS, UNDO_DAYS, register_work, send
from catalog.tree.reading import Node, read, scheme_of
from core import clock
from core.audit.services import record
from core.text import fold

LANGUAGES: Final = ("uk", "ru", "en")
#: Categories made in one transaction.
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """One top of the taxonomy with how much of it is there already."""

    code: str
    name: str
    nodes: int
    depth: int
    new: int
    by_code: int
    by_name: int


@dataclass(frozen=True, slots=True)
class Preview:
    branches: list[Branch]
    languages: dict[str, int]  # names by language

    @property
    def nodes(self) -> int:
        return sum(branch.nodes for branch in self.branches)

    @property
    def depth(self) -> int:
        return max((branch.depth for branch in self.branches), default=0)


def upload(*, files: Sequence[tuple[str, bytes]], actor: str) -> TaxonomyFile:
    """Reads what was uploaded; nothing of the tree changes yet. Raises TaxonomyUnreadable."""
    nodes = read(files)
    return TaxonomyFile.objects.create(
        name=", ".join(name for name, _content in files)[:255],
        scheme=scheme_of(nodes),
        nodes=[[node.code, node.parent, node.names] for node in nodes],
        actor=actor,
        created_at=clock.now(),
    )


def preview(file: TaxonomyFile, *, below: Category | None = None) -> Preview:
    """What an import would do, branch by branch. A fixed handful of statements."""
    nodes = nodes_of(file)
    known = _Known(file.scheme, below)
    tops: dict[str, str] = {}
    depths: dict[str, int] = {}
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    languages: Counter[str] = Counter()
    for node in nodes:
        tops[node.code] = tops.get(node.parent, node.code)
        depths[node.code] = depths.get(node.parent, 0) + 1
        found = known.find(node)
        branch = sums[tops[node.code]]
        branch["nodes"] += 1
        branch[found] += 1
        branch["depth"] = max(branch["depth"], depths[node.code])
        languages.update(node.names.keys())
    names = {node.code: shown_name(node) for node in nodes if not node.parent}
    branches = [
        Branch(code, names[code], held["nodes"], held["depth"], held["new"], held["code"], held["name"])
        for code, held in sums.items()
    ]
    return Preview(branches, dict(languages))


def shown_name(node: Node) -> str:
    return next((node.names[code] for code in LANGUAGES if node.names.get(code)), node.code)


def nodes_of(file: TaxonomyFile) -> list[Node]:
    return [Node(code, parent, names) for code, parent, names in file.nodes]


def start_import(
    *,
    file: TaxonomyFile,
    branches: Collection[str],
    below: Category | None,
    shown: bool,
    actor: str,
    reason: str = "",
) -> TreeOperation:
    """A job takes these branches over, below a category or at the top."""
    now = clock.now()
    with transaction.atomic():
        operation = TreeOperation.objects.create(
            kind=OperationKind.IMPORT,
            target_id=below.pk if below else None,
            source_name=file.name[:120],
            target_name=below.name if below else "",
            actor=actor,
            reason=reason,
            plan={"file": file.pk, "branches": sorted(branches), "shown": shown},
            created_at=now,
            undo_until=now + dt.timedelta(days=UNDO_DAYS),
        )
        record(
            actor=actor,
            action=ACTIONS[OperationKind.IMPORT],
            subject=f"tree_operation:{operation.pk}",
            subject_name=file.name,
            reason=reason,
            details={"branches": sorted(branches), "below": below.pk if below else None, "shown": shown},
        )
        send(operation)
    return operation


class _Known:
    """The tree as it is: categories by code of the taxonomy, and by parent and folded name in any language."""

    def __init__(self, scheme: str, below: Category | None) -> None:
        rows = CategoryCode.objects.filter(scheme=scheme, category__merged_into__isnull=True)
        self.by_code: dict[str, int] = dict(rows.values_list("code", "category_id"))
        self.by_name: dict[tuple[int | None, str], int] = {}
        ids: dict[str, int] = {}
        tree = Category.objects.filter(merged_into__isnull=True).order_by("path")
        for pk, path, *names in tree.values_list("pk", "path", *(f"name_{code}" for code in LANGUAGES)):
            ids[path] = pk
            parent = ids.get(path[: -Category.steplen])
            for name in names:
                if name:
                    self.by_name.setdefault((parent, fold(name)), pk)
        self.scheme = scheme
        self.root = below.pk if below else None
        #: Of the taxonomy's codes: the category, None while it is to be made.
        self.places: dict[str, int | None] = {}

    def parent_of(self, node: Node) -> int | None:
        return self.places.get(node.parent) if node.parent else self.root

    def find(self, node: Node) -> str:
        """How the node is known: "code", "name" or "new"."""
        found, how = self.by_code.get(node.code), "code"
        if found is None and not (node.parent and self.places.get(node.parent) is None):
            parent, how = self.parent_of(node), "name"
            names = [fold(name) for name in node.names.values()]
            found = next(
                (self.by_name[parent, name] for name in names if (parent, name) in self.by_name), None
            )
        self.places[node.code] = found
        return how if found is not None else "new"


def take_over(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    """Makes what is missing, level by level; names of languages that a known category lacks are filled in.

    Repeating it makes nothing twice: each category has its code from the moment it is there.
    """
    file = TaxonomyFile.objects.get(pk=operation.plan["file"])
    below = Category.objects.get(pk=operation.target_id) if operation.target_id else None
    levels = _levels(file, set(operation.plan["branches"]))
    total = sum(map(len, levels))
    known = _Known(file.scheme, below)
    slugs = set(Category.objects.values_list("slug", flat=True))
    slugs |= set(CategoryAddress.objects.values_list("slug", flat=True))
    counts: Counter[str] = Counter()
    done = 0
    for level in levels:
        new: defaultdict[int | None, list[Node]] = defaultdict(list)
        matched: list[Node] = []
        for node in level:
            how = known.find(node)
            counts[how] += 1
            if how == "new":
                new[known.parent_of(node)].append(node)
            else:
                matched.append(node)
        for start in range(0, len(matched), _AT_ONCE):
            counts["names"] += _fill_names(operation, file.scheme, matched[start : start + _AT_ONCE], known)
        done += len(matched)
        for parent, children in new.items():
            for start in range(0, len(children), _AT_ONCE):
                part = children[start : start + _AT_ONCE]
                if report is not None:
                    report(done, total)
                _make(operation, parent, part, known, slugs)
                done += len(part)
    with transaction.atomic():
        renew_token()
    return {
        "new": counts["new"],
        "by_code": counts["code"],
        "by_name": counts["name"],
        "names": counts["names"],
    }


def _levels(file: TaxonomyFile, branches: Collection[str]) -> list[list[Node]]:
    """The nodes of these branches by depth, the top first."""
    tops: dict[str, str] = {}
    depths: dict[str, int] = {}
    found: defaultdict[int, list[Node]] = defaultdict(list)
    for node in nodes_of(file):
        tops[node.code] = tops.get(node.parent, node.code)
        depths[node.code] = depths.get(node.parent, 0) + 1
        if tops[node.code] in branches:
            found[depths[node.code]].append(node)
    return [level for _depth, level in sorted(found.items())]


def _make(
    operation: TreeOperation,
    parent_id: int | None,
    nodes: Sequence[Node],
    known: _Known,
    slugs: set[str],
) -> None:
    """Children of one category, as treebeard would add them one by one: thousands of statements less."""
    with transaction.atomic():
        lock_tree()
        parent = Category.objects.get(pk=parent_id) if parent_id else None
        depth = parent.depth + 1 if parent else 1
        base = parent.path if parent else ""
        last = parent.get_last_child() if parent else Category.get_last_root_node()
        step = Category._str2int(last.path[-Category.steplen :]) if last else 0  # noqa: SLF001 - treebeard's way to count
        made = []
        for number, node in enumerate(nodes, start=step + 1):
            category = Category(
                path=Category._get_path(base, depth, number),  # noqa: SLF001 - as above
                depth=depth,
                slug=_slug(node, slugs),
                is_active=operation.plan["shown"],
            )
            for language in LANGUAGES:
                setattr(category, f"name_{language}", node.names.get(language) or None)
            made.append(category)
        Category.objects.bulk_create(made, batch_size=_AT_ONCE)
        if parent is not None:
            Category.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(made))
        rows = Category.objects.filter(path__in=[each.path for each in made]).order_by("path")
        ids = list(rows.values_list("pk", flat=True))
        CategoryCode.objects.bulk_create(
            [
                CategoryCode(
                    category_id=pk, scheme=known.scheme, code=node.code, operation=operation, made=True
                )
                for pk, node in zip(ids, nodes, strict=True)
            ],
            batch_size=_AT_ONCE,
        )
        CategoryState.objects.bulk_create(
            [
                CategoryState(
                    category_id=pk,
                    ru_from=node.names.get("uk", "") if node.names.get("ru") else "",
                    en_from=node.names.get("uk", "") if node.names.get("en") else "",
                )
                for pk, node in zip(ids, nodes, strict=True)
            ],
            batch_size=_AT_ONCE,
        )
    known.places.update(zip((node.code for node in nodes), ids, strict=True))


def _slug(node: Node, slugs: set[str]) -> str:
    base = slugify(anyascii(node.names.get("en") or shown_name(node)))[:60] or "category"
    slug, number = base, 2
    while slug in slugs:
        slug, number = f"{base}-{number}", number + 1
    slugs.add(slug)
    return slug


def _fill_names(operation: TreeOperation, scheme: str, nodes: Sequence[Node], known: _Known) -> int:
    """Names in languages that known categories lack; what somebody wrote stays. Returns how many names."""
    filled = 0
    with transaction.atomic():
        lock_tree()
        categories = Category.objects.in_bulk([pk for node in nodes if (pk := known.places[node.code])])
        changed = []
        for node in nodes:
            category = categories.get(known.places[node.code] or 0)
            if category is None:
                continue
            lacking = [
                code for code in LANGUAGES if node.names.get(code) and not getattr(category, f"name_{code}")
            ]
            for code in lacking:
                setattr(category, f"name_{code}", node.names[code])
            if lacking:
                filled += len(lacking)
                changed.append(category)
                operation.before.setdefault("filled", []).append(
                    [category.pk, {c: node.names[c] for c in lacking}]
                )
        Category.objects.bulk_update(changed, [f"name_{code}" for code in LANGUAGES], batch_size=_AT_ONCE)
        if changed:
            operation.save(update_fields=["before"])
        CategoryCode.objects.bulk_create(
            [
                CategoryCode(
                    category_id=known.places[node.code], scheme=scheme, code=node.code, operation=operation
                )
                for node in nodes
                if known.places[node.code] in categories and node.code not in known.by_code
            ],
            ignore_conflicts=True,
        )
    return filled


def take_back(operation: TreeOperation, report: Report | None) -> dict[str, Any]:
    """Undoes an import: its categories go, deepest first, but those that somebody uses or changed since."""
    codes = CategoryCode.objects.filter(operation=operation)
    made = list(
        codes.filter(made=True)
        .order_by("-category__depth", "category_id")
        .values_list("category_id", flat=True)
    )
    gone = left = 0
    for start in range(0, len(made), _AT_ONCE):
        if report is not None:
            report(start, len(made))
        with transaction.atomic():
            lock_tree()
            ids = made[start : start + _AT_ONCE]
            # Offers, writings, attributes, lines of menus: whatever any room has on them.
            used = named(ids, but_by={CategoryState, CategoryCode} | COUNTED)
            used |= _touched(operation, ids)
            for pk in ids:
                category = Category.objects.filter(pk=pk).first()
                if category is None:
                    continue
                if pk in used or category.numchild:
                    left += 1
                    continue
                parent = category.get_parent()
                # Not treebeard's own deletion: it looks for a branch, with several statements for each leaf.
                Category.objects.filter(pk=pk).delete()
                if parent is not None:
                    Category.objects.filter(pk=parent.pk).update(numchild=max(0, parent.numchild - 1))
                gone += 1
    for pk, names in operation.before.get("filled", []):
        for code, name in names.items():
            Category.objects.filter(pk=pk, **{f"name_{code}": name}).update(**{f"name_{code}": None})
    codes.filter(made=False).delete()
    with transaction.atomic():
        renew_token()
    return {"categories": gone, "left": left}


def _touched(operation: TreeOperation, ids: Collection[int]) -> set[int]:
    """Those that somebody showed, hid or planned to since, or that another import knows by a code of its own."""
    states = CategoryState.objects.filter(category__in=ids).exclude(
        show_at__isnull=True, hide_at__isnull=True, first_shown_at__isnull=True
    )
    codes = CategoryCode.objects.filter(category__in=ids).exclude(operation=operation)
    other = Category.objects.filter(pk__in=ids).exclude(is_active=operation.plan["shown"])
    return {
        *states.values_list("category_id", flat=True),
        *codes.values_list("category_id", flat=True),
        *other.values_list("pk", flat=True),
    }


register_work(OperationKind.IMPORT, take_over)
