"""News for higher rooms, sent inside the transaction that makes it true."""

from django.dispatch import Signal

#: source, target: what pointed to the source category must now point to the target.
category_merged = Signal()
#: offer: a person gave it another name or brand.
offer_renamed = Signal()
