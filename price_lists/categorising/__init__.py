"""Which category of the row a good belongs to, learnt from what people decided: words in, calibrated answers out.

Pure but for `storing` (the file of weights) and `examples` (decisions out of the database).
"""
