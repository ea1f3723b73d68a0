"""The desk's home: what needs a person today, and how the row does."""
