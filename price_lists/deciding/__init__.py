"""What waits for a category over all vendors: counted, read for the operators' queue, and decided there."""
