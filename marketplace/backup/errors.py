"""What a backup or a restore refuses."""


class CannotBackUp(Exception):
    """No backup was made; the message says why and what to do."""


class CannotRestore(Exception):
    """Nothing was restored, what was there is as it was; the message says why and what to do."""
