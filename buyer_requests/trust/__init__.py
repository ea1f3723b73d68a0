"""Requests that may be spam or no requests at all: limits, an early look, vendors' reports, operators' decisions."""
