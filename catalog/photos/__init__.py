"""Photos of goods: fetched from vendors' addresses by a worker, checked, made into small files, and shown from here.

`addresses`, `pictures` and `serving` are for pages, `registering` for what offers name, `fetching` and `sweeping` for
workers. Nothing is imported here: `child` is a process of its own that knows neither settings nor database.
"""
