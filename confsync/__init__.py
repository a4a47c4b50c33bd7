"""A Confluence space as a folder of Markdown."""

__version__ = "0.1.0"
