"""What belongs to the decision: awards with their states, and proposals that the optimiser made."""
