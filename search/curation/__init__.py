"""What operators do about single queries: places of goods, words that say nothing, pages that a query leads to, and what
was done about a query of the reports.
"""
