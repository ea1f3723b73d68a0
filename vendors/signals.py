"""News of this room for higher rooms, sent inside the transaction that made it true."""

from django.dispatch import Signal

#: `vendor`, `before` (the state it had). Offers of a vendor that is not approved are out of sight.
vendor_state_changed = Signal()
#: `vendor`, `user_id`. Somebody works for the company no longer; what they alone held is to be shut.
member_removed = Signal()
#: `vendor_id`. It delivers elsewhere or otherwise than before, or goods can be collected at other places.
delivery_changed = Signal()
