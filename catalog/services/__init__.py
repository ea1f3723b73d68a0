"""Writes to the catalogue: one public function is one business action."""
