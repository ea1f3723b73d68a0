"""Tests of pooled requests."""
