"""What people confirmed about price lists, counted by vendor and offered to others where enough of them agree."""
