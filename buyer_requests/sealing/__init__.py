"""Sealed requests: bids that nobody but their bidders can read before the deadline, and the log that proves they stayed as sent."""
