"""Search engines behind one protocol; `get_engine` gives the configured one."""
