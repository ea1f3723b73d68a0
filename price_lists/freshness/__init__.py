"""Whether what price lists brought still holds: what waits for the vendor's word, reminders, and signed links."""
