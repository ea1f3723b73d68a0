"""Offers of one good joined to products: the live half of `price_lists.identity`, with rows, people and a queue.

consumer   the outbox consumer `identity`: offers whose words changed
goods      offers as they are compared
keys       which offers are worth comparing, by a table
judging    many pairs compared at once
rivals     barcodes that stand on different goods
placing    what is decided, carried out under one lock
decisions  what people say: yes, no, split, join, trust a barcode
selectors  what pages show; `words`: reasons as people read them

Models and selectors load nothing of the comparison, which web processes need not have.
"""
