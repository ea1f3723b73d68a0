"""Typed attributes of categories: what they are, and how an offer's name and columns are read as their values."""
