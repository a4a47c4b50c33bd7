"""Confluence storage format and Markdown, both ways, as an edit lens. Text in, text out: no network, disk or clock."""
