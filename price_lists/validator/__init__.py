"""Checking a price list for somebody who has no account: in a child under limits, and nothing is kept."""
