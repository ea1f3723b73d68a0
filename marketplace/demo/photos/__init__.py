"""Photos of the demo goods: our own drawings, by type of good, colour and the maker's label."""
