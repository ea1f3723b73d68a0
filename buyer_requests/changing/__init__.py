"""Changes of a published request: drafted, shown with whom they concern, published as a further version, confirmed by bidders."""
