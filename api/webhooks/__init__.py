"""Outgoing webhooks: what a vendor or a buyer is told is also sent, signed, to an address of theirs.

`catalogue` says which messages are events and what they carry, `recording` writes a delivery for each in the transaction
of the message, `delivering` sends what is due, `schedule` knows when it is tried again. See docs/webhooks.md.
"""
