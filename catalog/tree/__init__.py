"""The operators' tree of categories: operations with preview and undo, drafts and approval, counts, taxonomies."""
