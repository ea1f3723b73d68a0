"""Web push: messages that appear in a person's browser though no page of the site is open.

`queueing` writes a row for each browser in the transaction of the message, `sending` encrypts and sends what is due,
`quiet` knows when nobody wants to be disturbed, `browsers` keeps which browser is whose. See docs/push.md.
"""
