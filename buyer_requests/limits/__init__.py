"""What a buyer may limit of matching for a whole request, beside its terms."""
