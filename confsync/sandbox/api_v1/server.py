"""What only Data Center serves: its version, and whether it can be written to at the moment."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from confsync.sandbox.datacenter import VERSION

from .common import Json

routes = Blueprint("server", __name__)
MANIFEST = "/rest/applinks/1.0/manifest"


@routes.get(MANIFEST)
def manifest() -> Json:
    """Return what the application says of itself to others; needs no credentials."""
    base = f"{request.host_url.rstrip('/')}{request.script_root}"
    return {
        "id": "5b9b1d2c-0000-3000-8000-000000000001",
        "name": "Sandbox",
        "typeId": "confluence",
        "version": VERSION,
        "buildNumber": 9203,
        "url": base,
        "iconUrl": f"{base}/images/logo/default-space-logo.svg",
        "publicSignup": False,
        "applinksVersion": "9.1.0",
        "inboundAuthenticationTypes": [],
        "outboundAuthenticationTypes": [],
    }


@routes.get("/rest/api/accessmode")
def access_mode() -> Response:
    """Return whether the site takes writes."""
    return jsonify("READ_WRITE")
