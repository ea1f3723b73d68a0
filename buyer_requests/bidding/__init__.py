"""Bids beyond their plain form: what is filled in, quantity breaks, counter-offers, files, and bids by a vendor's rules."""
