"""Whom a request is told to, why, and when: the vendor's own settings, collections of several, turns of many."""
