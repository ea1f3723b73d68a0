"""What people report about offers, one case an offer, and what operators decide about it."""
