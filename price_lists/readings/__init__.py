"""A version read again into a file of its own: its goods, what became of its values, and two versions compared.

These files are derived from the vendor's and may be thrown away at any time. They are SQLite on either database:
reading a long list anew neither locks nor fills what the site works with.
"""
