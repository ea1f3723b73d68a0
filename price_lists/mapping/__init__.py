"""From a file's own columns to an offer's fields: guessed from header words and values, correctable."""

from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping

__all__ = ["ColumnGuess", "Field", "Mapping", "TableMapping"]
