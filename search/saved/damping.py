"""How little is said: the thresholds of saved searches. Those of price watches are in `search.saved.judging`.

An import may withdraw a whole list and bring it back, a vendor may try a price, an offer may sell out for a weekend:
none of that is news, and what is news comes in few messages.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

#: News is gathered for so long before the first message of it, and looked at again before it is sent.
GATHER: Final = dt.timedelta(minutes=10)
#: One message for a search in so much time.
EVERY: Final = dt.timedelta(hours=6)
#: Messages about saved searches to one person in a day; the rest waits, and comes together.
A_DAY: Final = 20
#: What was not found for longer than that is news when it is found again.
FORGOTTEN_AFTER: Final = dt.timedelta(days=60)
#: More goods than a search keeps in mind one by one; one that finds more tells only of offers that are made later.
MOST_KNOWN: Final = 2_000
#: News kept for one message; more is counted no further.
MOST_WAITING: Final = 1_000
#: Goods that a message names.
NAMED: Final = 5
