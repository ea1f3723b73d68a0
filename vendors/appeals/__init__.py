"""Decisions about a vendor and its goods, with the reason that its people read and the one appeal they have.

They live here because a vendor is the lowest thing that all of them concern: rooms above note theirs with typed ids and
register how a decision is undone. Requests have their own (`buyer_requests.trust`): there a buyer appeals.
"""
