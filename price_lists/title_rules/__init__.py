"""Rules about goods' names: what should not stand in one, what is done about it, and which offers wait for it."""
