"""What apps add to the site while it runs."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from confsync.sandbox import connect
from tests.sandbox.contract import Walk

BARE = "/rest/atlassian-connect/1/app/module/dynamic"
PLACE = f"/wiki{BARE}"
SECRET = "hush" * 8


def _signed(method: str, path: str, signer: str = SECRET, **claims: Any) -> dict[str, dict[str, str]]:
    query = parse_qs(urlsplit(path).query)
    known = {"iss": "app", "exp": 4 * 10**9, "qsh": connect.query_hash(method, BARE, query)}
    return {"headers": {"Authorization": f"JWT {connect.signed({**known, **claims}, signer)}"}}


def walk_dynamic_modules(walk: Walk) -> None:
    """An installed app registers modules and removes them; users and those who cannot sign may not."""
    walk.site.install_app("app", secret=SECRET)
    walk.site.install_app("other", secret=SECRET)
    one, two = ({"key": key, "name": {"value": key}} for key in ("one", "two"))
    assert walk.ok("GET", PLACE, **_signed("GET", PLACE)) == {"modules": []}
    post = _signed("POST", PLACE)
    walk.ok("POST", PLACE, json={"modules": [one, two]}, **post)
    assert walk.ok("GET", PLACE, **_signed("GET", PLACE)) == {"modules": [one, two]}
    assert walk.ok("GET", PLACE, **_signed("GET", PLACE, iss="other")) == {"modules": []}
    some = f"{PLACE}?moduleKey=one&moduleKey=three"
    walk.ok("DELETE", some, 204, **_signed("DELETE", some))
    walk.no("POST", PLACE, 400, json={"modules": [{"key": "four"}, two]}, **post)
    walk.no("POST", PLACE, 400, json={"modules": [{"name": "keyless"}]}, **post)
    walk.no("POST", PLACE, 400, json={"webItems": []}, **post)
    assert walk.ok("GET", PLACE, **_signed("GET", PLACE)) == {"modules": [two]}

    for method in ("GET", "POST", "DELETE"):
        walk.no(method, PLACE, 401, json={})
    walk.no("GET", PLACE, 401, **_signed("GET", PLACE, signer="guess" * 8))
    walk.no("GET", PLACE, 401, **_signed("GET", PLACE, exp=1))
    walk.no("GET", PLACE, 401, **_signed("DELETE", PLACE))
    walk.no("GET", PLACE, 401, **_signed("GET", PLACE, iss="unknown"))
    walk.no("GET", PLACE, 401, headers={"Authorization": "JWT a.b.c"})
