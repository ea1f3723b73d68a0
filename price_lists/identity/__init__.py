"""Which offers are one good: candidates, comparison and reasons, on plain records; no database here."""

from price_lists.identity.candidates import Candidate, Candidates, block_keys
from price_lists.identity.comparing import compare, rank
from price_lists.identity.facts import valid_gtin
from price_lists.identity.records import (
    EVIDENCE,
    PROOF_WEIGHT,
    VETO_WEIGHT,
    VETOES,
    Decision,
    Evidence,
    Match,
    Record,
    Verdict,
)
from price_lists.identity.statistics import Statistics

__all__ = [
    "EVIDENCE",
    "PROOF_WEIGHT",
    "VETOES",
    "VETO_WEIGHT",
    "Candidate",
    "Candidates",
    "Decision",
    "Evidence",
    "Match",
    "Record",
    "Statistics",
    "Verdict",
    "block_keys",
    "compare",
    "rank",
    "valid_gtin",
]
