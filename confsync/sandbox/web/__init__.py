"""The web page: what a person sees of the site. Rendered on the server; two small scripts only make it handier."""

from . import comments, editing, parts, search, views
from .frame import refused, routes

__all__ = ["comments", "editing", "parts", "refused", "routes", "search", "views"]
