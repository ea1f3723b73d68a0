"""The trace of what operators do: one row an action, written in its transaction, never changed and never deleted."""
