"""Requests that stay open for bids until their buyer ends them: closed round by round, with news of offers between."""
