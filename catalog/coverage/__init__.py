"""Of how many offers each attribute is known: counted by a periodic job, category by category, and read from a table."""
