"""What operators do about names: set what is done about each rule, and let single names pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.locks import lock_offers
from catalog.models import Offer
from catalog.services.holding import lift_offers
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.jobs.services import start_job
from core.jobs.work import Work
from core.models import Job, JobState
from price_lists.models import ImportRun
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.detecting import suspicious
from price_lists.title_rules.enums import Action, Rule
from price_lists.title_rules.holding import judge
from price_lists.title_rules.locks import lock_rules
from price_lists.title_rules.models import TitleRemark, TitleRule
from price_lists.title_rules.offer_names import names_hash, names_of
from price_lists.title_rules.selectors import KIND, actions_now, current_rules

SET = audit_kinds.register("price_lists.set_title_rules", _("Set rules about names"))
JUDGE = audit_kinds.register("price_lists.judge_names", _("Had all names judged anew"))
#: Names looked at, and offers judged in one transaction: some 20 ms of the write lock on SQLite.
_WALKED, _JUDGED = 2_000, 200


def set_actions(*, actions: Mapping[Rule, Action], actor: str) -> list[Rule]:
    """An operator says what is done about rules. Returns those for which that is new.

    What is cleaned shows with the next list of each source. Where other names are to be held than before, a job goes
    through all offers.
    """
    with transaction.atomic():
        lock_rules()
        before = actions_now()
        changed = [rule for rule, action in actions.items() if before[rule] != action]
        for rule in changed:
            TitleRule.objects.update_or_create(
                code=rule, defaults={"action": actions[rule], "changed_by": actor}
            )
        if changed:
            record(
                actor=actor,
                action=SET,
                details={rule.value: [before[rule].value, actions[rule].value] for rule in changed},
            )
        if NameRules.of(before).held != NameRules.of(before | dict(actions)).held:
            _start(actor)
    return changed


def judge_anew(*, actor: str) -> bool:
    """Has all names judged by the rules as they are, as after an update whose rules find more. False: that is under way."""
    with transaction.atomic():
        lock_rules()
        if Job.objects.filter(kind=KIND, state__in=[JobState.WAITING, JobState.RUNNING]).exists():
            return False
        record(actor=actor, action=JUDGE)
        _start(actor)
    return True


def _start(actor: str) -> None:
    start_job(kind=KIND, task="price_lists.follow_title_rules", queue="imports", owner=actor)


def follow_rules(*, work: Work | None = None) -> int:
    """Brings all offers in line with what is held now. Returns how many it hid. Repeating it changes nothing more.

    Each step judges by the rules of its own moment; where these were set meanwhile, another job goes through all offers.
    Raises JobCancelled or JobTakenOver between two steps, if done for a job.
    """
    rules, hid = current_rules(), 0
    remarked = list(TitleRemark.objects.order_by("pk").values_list("pk", flat=True))
    offers = Offer.objects.filter(withdrawn_at__isnull=True).order_by("pk")
    if work is not None:
        work.progress(0, len(remarked) + (offers.count() if rules.held else 0))
    for start in range(0, len(remarked), _JUDGED):
        if work is not None:
            work.progress(start)
        hid += judge(offer_ids=remarked[start : start + _JUDGED], now=timezone.now())
    if not rules.held:
        return hid
    look, last, done = suspicious(rules.held), 0, len(remarked)
    while rows := list(offers.filter(pk__gt=last).values_list("pk", "title", "texts")[:_WALKED]):
        last, done = rows[-1][0], done + len(rows)
        suspects = [
            pk
            for pk, title, texts in rows
            if any(look(name) for name in names_of({"title": title, "texts": texts}))
        ]
        for start in range(0, len(suspects), _JUDGED):
            hid += judge(offer_ids=suspects[start : start + _JUDGED], now=timezone.now())
        if work is not None:
            work.progress(done)
    return hid


def let_pass(*, seen: Mapping[int, str], actor: str) -> tuple[int, int]:
    """An operator lets names pass as they are; their offers are shown. Another name is judged anew.

    `seen` has by offer what told its names when they were shown. Returns how many passed, and how many did not because
    they are others by now.
    """
    with transaction.atomic():
        lock_offers(seen.keys())
        remarks = []
        for remark in TitleRemark.objects.filter(pk__in=seen).select_related("offer"):
            names = names_hash(names_of({"title": remark.offer.title, "texts": remark.offer.texts}))
            if names.hex() == seen[remark.pk]:
                remark.passed_hash, remark.passed_by, remark.passed_at = names, actor, timezone.now()
                remarks.append(remark)
        TitleRemark.objects.bulk_update(remarks, ["passed_hash", "passed_by", "passed_at"])
        return lift_offers(offer_ids=[remark.pk for remark in remarks]), len(seen) - len(remarks)


def rules_for(run: ImportRun) -> NameRules:
    """The rules that a run's rows are read with: those of its beginning, also where the reading goes on later."""
    if run.staged_rows and "names" in run.read_as:
        return rules_then(run)
    rules = current_rules()
    run.read_as = {**run.read_as, "names": rules.to_json()}
    ImportRun.objects.filter(pk=run.pk).update(read_as=run.read_as)
    return rules


def rules_then(run: ImportRun) -> NameRules:
    """The rules that a run's rows were read with; none where that was not noted."""
    return NameRules.from_json(run.read_as.get("names"))


def count_hidden(run: ImportRun, hidden: int) -> dict[str, Any]:
    """The run's counts with so many more offers that it hid for their names; written in the caller's transaction."""
    counts = {**run.counts, "names_hidden": run.counts.get("names_hidden", 0) + hidden}
    ImportRun.objects.filter(pk=run.pk).update(counts=counts)
    return counts
