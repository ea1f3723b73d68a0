"""Suggestions while one types: queries, categories, goods and vendors. `selectors.suggestions` is the one way in."""
