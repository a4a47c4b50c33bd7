"""The site's own data: spaces, content with all its versions, attachments, labels, properties, users.

Every module works on a `Store`; none knows of HTTP or JSON. The caller holds the transaction.
"""

from .db import Row, Store, iso

__all__ = ["Row", "Store", "iso"]
