"""Pages of requests: the buyer's, and those on the vendor's desk."""
