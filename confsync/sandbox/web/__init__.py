"""The web page: what a person sees of the site. Rendered on the server, without a line of script."""

from . import editing, views
from .frame import refused, routes

__all__ = ["editing", "refused", "routes", "views"]
