"""One HTTP session with a site: access, retries that are safe, redirects, and errors in words.

Credentials go to the configured site's own host only, also across redirects. A request is repeated only when that
cannot do anything twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from confsync.errors import (
    AccessError,
    Gone,
    NotConfluence,
    NotFound,
    ReadOnly,
    Refused,
    RemoteError,
    TitleTaken,
    Unavailable,
    VersionClash,
)

from .auth import Plain, Signer
from .gate import Gate

if TYPE_CHECKING:
    import requests

V2: Final = "/api/v2"
_ROOTS: Final = (f"{V2}/", "/rest/")
TRIES: Final = 6
LONGEST_WAIT: Final = 120.0
LONG_WAIT: Final = 5.0  # whoever has to wait as long as this is told why
_UNCHECKED: Final = {"X-Atlassian-Token": "no-check"}
NOBODY: Final = Plain("", "")
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_BUSY: Final = (429, 500, 502, 503, 504)
_JAVA: Final = re.compile(r"^(?:[\w$]+\.)*[A-Z][\w$]*(?:Exception|Error): ")

# status -> what it is, and what to do about it
_WORDS: Final[Mapping[int, tuple[type[Exception], str]]] = {
    400: (Refused, ""),
    401: (AccessError, "sign in again: the credentials are not accepted, or the token lacks a scope"),
    403: (AccessError, "check the credentials, and the user's rights on the space and the page"),
    404: (NotFound, "check the address; what a user may not view looks the same"),
    409: (VersionClash, "observe again"),
    410: (Gone, "run it again: the site's version is found out anew"),
    413: (Refused, "it is larger than the site allows"),
}


class Session:
    """Talk to one site.

    site: its address with context path, as `https://HOST/wiki`. user and secret: basic access, or bearer when user is
    empty. transport: a `requests.Session` to use, with adapters mounted. sleep and random are handed in. log: hears of
    every request that is sent again; tell: what a user should know meanwhile. gate: how many requests may be under way
    at once, one without it. gone: hears that the site does not have a call any more. signer: signs requests instead of
    user and secret, and may know another address of the API.
    """

    def __init__(
        self,
        site: str,
        user: str = "",
        secret: str = "",
        *,
        transport: requests.Session | None = None,
        sleep: Callable[[float], None],
        random: Callable[[], float],
        read_only: bool = False,
        timeout: tuple[float, float] = (10.0, 60.0),
        log: Callable[[str], None] | None = None,
        tell: Callable[[str], None] | None = None,
        gate: Gate | None = None,
        gone: Callable[[], None] | None = None,
        signer: Signer | None = None,
    ) -> None:
        from http.cookiejar import DefaultCookiePolicy

        import requests

        self.site = site.rstrip("/")
        self.signer: Signer = signer or Plain(user, secret)
        self.base = self.signer.base or self.site
        self.host = urlsplit(self.base)[:2]
        self.gate = gate or Gate(1)
        self.http = transport or requests.Session()
        self.http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # they would follow redirects elsewhere
        self.read_only = read_only
        self.timeout = timeout
        self.sleep, self.random = sleep, random
        self.log = log or (lambda line: None)
        self.tell = tell or (lambda line: None)
        self.gone = gone or (lambda: None)
        self.count = 0

    def get(self, path: str, **params: Any) -> Any:
        """Read JSON from a path under the REST root."""
        return self._json(self.request("GET", path, params=_present(params)))

    def send(self, method: str, path: str, body: Any = None, *, safe: bool = False, **params: Any) -> Any:
        """Write JSON and read the answer, None when it is empty. safe: sending it twice does what once does."""
        answer = self.request(method, path, json=body, params=_present(params), safe=safe)
        return self._json(answer) if answer.content else None

    def ask(self, path: str, body: Any) -> Any:
        """Read JSON with a question that does not fit into an address: a POST that changes nothing."""
        return self._json(self.request("POST", path, json=body, reads=True))

    def act(self, path: str, **params: Any) -> None:
        """Use an action of the web pages that may be repeated. Raises Refused with what the action itself says."""
        answer = self.request("POST", path, rest=False, safe=True, params=_present(params), headers=_UNCHECKED)
        said = self._json(answer)
        errors = [said.get(name) for name in ("actionErrors", "validationErrors")] if isinstance(said, dict) else []
        if words := [str(one) for found in errors if found for one in (found if isinstance(found, list) else [found])]:
            raise Refused("; ".join(words), place=path)

    def upload(self, method: str, path: str, fields: Callable[[], Mapping[str, Any]]) -> Any:
        """Send a multipart form, file by file as it is read, and read the answer as JSON.

        fields gives the form anew for each try: text, or (file name, open file, media type).
        """
        return self._json(self.request(method, path, form=fields))

    def pause(self, seconds: float) -> None:
        """Wait for the site to get on with something; others may work meanwhile."""
        self.gate.rest(self.sleep, seconds, refused=False)

    def stream(self, address: str) -> requests.Response:
        """Open the bytes at an address relative to the site; the caller reads and closes them."""
        return self.request("GET", address, stream=True, rest=False)

    def request(
        self, method: str, path: str, *, safe: bool = False, reads: bool = False, rest: bool = True,
        stream: bool = False, signed: bool = True, form: Callable[[], Mapping[str, Any]] | None = None, **given: Any,
    ) -> requests.Response:  # fmt: skip
        """Send a request, again where that is safe, and raise an error in words for an answer that is none.

        Raises RemoteError and its kinds, AccessError, ReadOnly.
        """
        reads = reads or method == "GET"
        if self.read_only and not reads:
            raise ReadOnly("writing to the site is switched off", place=path, remedy="CONFSYNC_READ_ONLY, read_only")
        import requests

        address = self._rest(path) if rest else self._address(path)
        repeatable, renewed = safe or reads, False
        for attempt in range(1, TRIES + 1):
            wait, refused, why = _back_off(attempt, self.random()), False, ""
            try:
                sent = {**given, **_multipart(form)} if form else given
                answer = self._once(method, address, stream, sent, signed=signed)
            except (requests.RequestException, ConnectionError) as error:
                if not repeatable or attempt == TRIES:
                    raise _no_answer(error, self.site, method) from error
                why = f"no answer from {self.site} ({_cause(error)})"
            else:
                if answer.status_code == 401 and not renewed and not _lacks_scope(answer) and self.signer.renew():
                    renewed = True  # it was refused before anything was done
                    answer.close()
                    continue
                # A 429 was refused before anything was done; of the others that is not certain.
                if answer.status_code not in _BUSY or not (repeatable or answer.status_code == 429) or attempt == TRIES:
                    return self._judged(answer, path)
                refused = answer.status_code == 429
                wait = _retry_after(answer.headers.get("Retry-After", ""), wait)
                answer.close()
                if wait >= LONG_WAIT:
                    why = f"the site asks for patience (HTTP {answer.status_code})"
            self.log(f"{method} {path}: again in {wait:.1f} s")
            if why:
                self.tell(f"{why}: trying again in {wait:.1f} s ({attempt + 1} of {TRIES})")
            self.gate.rest(self.sleep, wait, refused=refused)
        raise Unavailable("no answer", place=path)  # the loop always returns or raises

    def _once(
        self, method: str, address: str, stream: bool, given: Mapping[str, Any], *, signed: bool
    ) -> requests.Response:
        """Send one request, following redirects of reads; credentials stay on the site's own host."""
        for _ in range(6):
            self.count += 1
            auth = self.signer if signed and urlsplit(address)[:2] == self.host else NOBODY
            with self.gate.request():
                answer = self.http.request(
                    method, address, auth=auth, stream=stream, allow_redirects=False, timeout=self.timeout, **given
                )
            target = answer.headers.get("Location", "")
            if answer.status_code not in _REDIRECTS or not target:
                return answer
            if method != "GET":
                raise NotConfluence(
                    f"the site redirects writes to {urljoin(address, target)}",
                    place=self.site,
                    remedy="set the site's own address",
                    status=answer.status_code,
                )
            answer.close()
            address, given = urljoin(address, target), {}
        raise NotConfluence("too many redirects", place=self.site)

    def _judged(self, answer: requests.Response, path: str) -> requests.Response:
        if answer.status_code < 400:
            self.gate.answered()
            return answer
        message = _message(answer)
        kind, remedy = _WORDS.get(answer.status_code, (RemoteError, ""))
        if kind is Gone:
            self.gone()
        if _lacks_scope(answer):
            called = urlsplit(answer.url or path).path.removeprefix(urlsplit(self.base).path)
            message = f"the access that was granted does not include what {answer.request.method} {called} needs"
            remedy = "grant all that is asked for: confsync login (confsync doctor says what is missing)"
        if answer.status_code in _BUSY or answer.status_code >= 500:
            kind, remedy = Unavailable, "try again later; what is done stays done"
        if "title already exists" in message or "same TITLE" in message:
            kind, remedy = TitleTaken, "give the page another title"
        if answer.status_code == 409 and "already exists" in message and kind is not TitleTaken:
            kind, remedy = Refused, ""
        words = f"{message} [HTTP {answer.status_code}]"
        place = (answer.url or f"{self.site}{path}").partition("?")[0]
        if issubclass(kind, RemoteError):
            raise kind(words, place=place, remedy=remedy, status=answer.status_code)
        raise AccessError(words, place=place, remedy=remedy)

    def _json(self, answer: requests.Response) -> Any:
        kind = answer.headers.get("Content-Type", "")
        if "json" not in kind:
            raise NotConfluence(
                f"the answer is {kind or 'of no known kind'}, not JSON: perhaps a log-in page",
                place=self.site,
                remedy="check the address and the credentials",
                status=answer.status_code,
            )
        try:
            return answer.json()
        except ValueError as error:
            raise Unavailable("the answer is cut off", place=self.site, remedy="try again") from error

    def _rest(self, path: str) -> str:
        """Give the address of a call: of version 1, unless its path names another part of the API."""
        return f"{self.base}{path}" if path.startswith(_ROOTS) else f"{self.base}/rest/api{path}"

    def _address(self, address: str) -> str:
        """Resolve an address of an answer, relative to the site with its context path."""
        if address.startswith(("http://", "https://")):
            return address
        return f"{self.base}/{address.lstrip('/')}"


def _multipart(form: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Give a form as a body that is read piece by piece: `files=` of requests would hold all of it in memory."""
    from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped]  # it has no hints

    body = MultipartEncoder(dict(form()))
    return {"data": body, "headers": {"Content-Type": body.content_type, "X-Atlassian-Token": "no-check"}}


def _lacks_scope(answer: requests.Response) -> bool:
    return answer.status_code == 401 and "scope" in answer.text[:500]


def _present(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if value is not None}


def _back_off(attempt: int, random: float) -> float:
    longest: float = min(30.0, 0.5 * 2.0 ** (attempt - 1))
    return longest * (0.5 + random / 2)


def _retry_after(header: str, wait: float) -> float:
    return min(LONGEST_WAIT, max(wait, float(header))) if re.fullmatch(r"\d+(\.\d+)?", header) else wait


def _message(answer: requests.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.reason or "an error without words"
    if not isinstance(body, dict):
        body = {}
    listed = body.get("errors")  # as version 2 says it
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    message = body.get("message") or first.get("title") or ""
    return _JAVA.sub("", str(message or answer.reason or "an error without words"))


def _no_answer(error: Exception, site: str, method: str) -> Unavailable:
    what = "no answer came" if method == "GET" else "the connection broke; the write may or may not have happened"
    return Unavailable(f"{what} ({_cause(error)})", place=site, remedy="check network and address, try again")


def _cause(error: BaseException) -> str:
    """Say what lies at the bottom of a network error: what the libraries wrap around it helps nobody."""
    while (below := error.__cause__ or error.__context__) is not None:
        error = below
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "it took too long"
    return getattr(error, "strerror", None) or str(error).partition("\n")[0][:200] or type(error).__name__
