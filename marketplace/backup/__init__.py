"""Backup and restore of what cannot be made again: the database, uploaded pictures and vendors' files.

The search index is built from the database, the broker's messages are found by the sweeps, the cache is a cache.
"""

from marketplace.backup.errors import CannotBackUp, CannotRestore
from marketplace.backup.restoring import restore_backup
from marketplace.backup.taking import take_backup

__all__ = ["CannotBackUp", "CannotRestore", "restore_backup", "take_backup"]
