"""News of this room for its own push messages and for higher rooms, sent inside the transaction that made it true."""

from django.dispatch import Signal

#: `messages`: the rows of Notification that were just written. They may lack their ids, and one that another process
#: wrote a moment before is among them, too: whoever acts on them keeps to their keys.
messages_written = Signal()
