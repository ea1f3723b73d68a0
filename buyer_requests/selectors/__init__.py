"""Reads of requests and bids, always as somebody: what is none of the asker's business does not exist."""
