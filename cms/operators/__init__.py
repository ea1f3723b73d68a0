"""The operators' desk inside Wagtail's admin: category tree, vendors, imports, requests."""
