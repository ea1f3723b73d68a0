"""Reverse auctions: vendors lower their prices against each other in a phase of a request; docs/auctions.md tells the rules."""
