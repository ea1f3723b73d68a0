"""News of this room for higher rooms, sent inside the transaction that made it true."""

from django.dispatch import Signal

#: `run`, `news`: "finished" (its prices are on sale), "held" (it waits for the vendor's word) or "failed".
import_moved = Signal()
