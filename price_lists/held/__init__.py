"""What operators do about things that wait for a vendor's word: held imports, and names that stay held."""
