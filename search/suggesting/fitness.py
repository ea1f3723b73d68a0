"""Which words of searches are unfit for other people's eyes by themselves: insults, telephone numbers, addresses."""

from __future__ import annotations

import re

from core import text
from search.personal import looks_personal

_SHORTEST, _LONGEST = 3, 60
#: In one piece: it may be a person's, a document's or a card's.
_LONG_NUMBER = re.compile(r"\d{6}")
_UNFIT = re.compile(
    r"\b(?:(?:на|по|за|о|а|ні|ни)?ху[йяюєеї]\w*|\w{0,4}п[іи]зд\w*|бля(?:[дт]\w*)?"
    r"|(?:на|за|про|від|от|ви|вы|у|по|до|съ|объ?)?[йєїе]б(?:а[тлнш]|у[тчн])\w*"
    r"|су(?:к[аиоуі]|чар[аи])|курв\w*|шлюх\w*|п[іи]д[оа]р(?:ас\w*|и|ы|а|у|ів|ов)?|мудак\w*|мудил\w*|г[ао]ндон\w*"
    r"|хохл(?:ы|и|ів|ов|а|у|ам|ами)|кацап\w*|жид(?:[иыаі]|[іо]в\w*)?|чурк[аиі]|н[іи]г+ер(?:и|ы|а|у|ів|ов)?"
    r"|\w{0,6}fuck\w*|shit(?:ty)?|cunts?|bitch\w*|whores?|sluts?|nigg\w*|fag(?:got)?s?|kikes?)\b"
)


def is_fit(words: str) -> bool:
    """Whether it may be shown to other people at all."""
    folded = text.fold(words)
    return (
        _SHORTEST <= len(folded) <= _LONGEST
        and not looks_personal(words)
        and not _LONG_NUMBER.search(words)
        and not _UNFIT.search(folded)
        and any(letter.isalpha() for letter in folded)
    )
