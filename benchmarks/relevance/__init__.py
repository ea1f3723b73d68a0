"""Relevance on graded queries: the corpus, what is asked of it, who answers, and the figures."""
