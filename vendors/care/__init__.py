"""What operators do for and about a company that sells: suspensions with an end, holidays, notes, visits to its desk."""
