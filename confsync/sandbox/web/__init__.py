"""The web page: what a person sees of the site. Rendered on the server, without a line of script."""

from .views import refused, routes

__all__ = ["refused", "routes"]
