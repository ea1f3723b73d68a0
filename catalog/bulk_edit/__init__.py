"""One change of very many offers by an operator: chosen and frozen, looked at, carried out as a job, taken back."""
