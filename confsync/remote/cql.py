"""Texts in CQL, the query language of the site's search."""


def quoted(text: str) -> str:
    """Write a text as a CQL string: an unescaped quote would be a query of its own."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
