"""A company's score card: figures of each day, measured by the rooms, with what each is a share of."""
