"""One inbox of all queues that wait for an operator: counts, claims, decisions one by one and many at once."""
