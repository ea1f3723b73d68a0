"""Which words of a run's file a person is asked about."""

from __future__ import annotations

from django.db.models import Count

from price_lists.mapping.model import Mapping
from price_lists.mapping.words import folded
from price_lists.models import ImportRun, RowProblem
from price_lists.remembering.unknown import CODES, SHOWN, Unknown, from_problems, of_options, words_from_json

#: Words that are explained already and may be explained otherwise, beside those asked about.
_SHOWN_ANSWERS = 20


def asked_about(run: ImportRun, mapping: Mapping) -> dict[tuple[str, str], Unknown]:
    """By kind and folded word: what the first rows left open, what the whole reading did if there was one, and what is
    explained already.
    """
    problems = RowProblem.objects.filter(run=run, code__in=CODES).order_by().values_list("code", "value")
    counted = problems.annotate(number=Count("pk")).order_by("-number", "value")[: 4 * SHOWN]
    asked: dict[tuple[str, str], Unknown] = {}
    for each in from_problems(counted):
        if sum(other.kind == each.kind for other in asked.values()) < SHOWN:
            asked.setdefault((each.kind, folded(each.kind, each.word)), each)
    for each in words_from_json((run.inspection or {}).get("words", [])):
        asked.setdefault((each.kind, folded(each.kind, each.word)), each)
    for key in list(of_options(mapping.options))[:_SHOWN_ANSWERS]:
        asked.setdefault(key, Unknown(key[0], key[1], 0))
    return asked
