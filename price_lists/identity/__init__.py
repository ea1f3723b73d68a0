"""Which offers are one good: candidates, comparison and reasons, on plain records; no database here."""

from price_lists.identity.records import (
    EVIDENCE,
    VETOES,
    Decision,
    Evidence,
    Match,
    Record,
    Verdict,
)

__all__ = ["EVIDENCE", "VETOES", "Decision", "Evidence", "Match", "Record", "Verdict"]
