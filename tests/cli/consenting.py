"""A browser whose user reads what is asked for and decides: it loads the page, sends the form and follows the answer.

Run with an address. DECISION is accept or deny; WITHOUT is a scope that the user takes out of the question.
"""

import os
import sys
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests
from bs4 import BeautifulSoup


def main(address: str) -> None:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    query["scope"] = " ".join(one for one in query["scope"].split() if one != os.environ.get("WITHOUT"))
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(urlunsplit(parts._replace(query=urlencode(query))), timeout=30)
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert form is not None, page.text
    given = {str(one["name"]): str(one["value"]) for one in form.find_all("input")}
    given["decision"] = os.environ.get("DECISION", "accept")
    browser.post(urljoin(page.url, str(form["action"])), data=given, timeout=30).raise_for_status()


main(sys.argv[1])
