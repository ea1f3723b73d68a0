"""The people of the operators' desk: who has which roles, and invitations to it."""
