"""Pooled demand: buyers join one request, vendors price the total, each participant pays and receives apart."""
