"""What is done about each rule at a moment, as one value that readings and imports carry along. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from price_lists.title_rules.detecting import RULES_VERSION
from price_lists.title_rules.enums import DEFAULTS, Action, Rule


@dataclass(frozen=True, slots=True)
class NameRules:
    """Rules by what is done about them; those of which nothing is done are in none of the sets."""

    told: frozenset[Rule] = field(default_factory=frozenset)
    cleaned: frozenset[Rule] = field(default_factory=frozenset)
    held: frozenset[Rule] = field(default_factory=frozenset)

    @classmethod
    def of(cls, actions: Mapping[Rule, Action]) -> Self:
        """A rule that is not named does what it does by default."""
        actions = DEFAULTS | dict(actions)
        told, cleaned, held = (
            frozenset(rule for rule, action in actions.items() if action == wanted)
            for wanted in (Action.WARN, Action.CLEAN, Action.HOLD)
        )
        return cls(told, cleaned, held)

    @classmethod
    def from_json(cls, said: Mapping[str, Any] | None) -> Self:
        """As `to_json` gave it; of what was noted before there were rules, none."""
        parts = [
            frozenset(Rule(code) for code in (said or {}).get(name, ()) if code in Rule.values)
            for name in ("told", "cleaned", "held")
        ]
        return cls(*parts)

    def to_json(self) -> dict[str, list[str]]:
        return {"told": sorted(self.told), "cleaned": sorted(self.cleaned), "held": sorted(self.held)}

    @property
    def on(self) -> frozenset[Rule]:
        return self.told | self.cleaned | self.held

    @property
    def fingerprint(self) -> list[Any]:
        """What of the rules makes the same row another draft: warnings and holds do not."""
        return [RULES_VERSION, sorted(self.cleaned)] if self.cleaned else []
