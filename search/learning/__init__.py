"""What is learnt from searches: counts by day, opened hits, reports for operators, demand that nobody meets."""
