"""Watching: saved searches that tell of what is new, and price watches that tell of what became cheaper or is back."""
