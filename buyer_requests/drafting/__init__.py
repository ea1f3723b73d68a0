"""Where drafts come from besides a list: past requests, named templates, goods that were chosen, and programs with a key."""
