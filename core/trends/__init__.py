"""Figures of each day, kept in one small table: rooms say what they measure, a task counts it, pages draw it."""
