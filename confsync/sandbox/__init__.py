"""A Confluence look-alike: REST API and a small web page over one SQLite file, for tests and for trying things out.

    app.py       the WSGI application: who asks, one transaction a request, errors, log
    store/       spaces, content with versions, tree, attachments, labels, properties in SQLite; knows no HTTP
    saving.py    the rules of a save; normalize.py rewrites storage as the real site does, editor.py as its editor does
    copying.py   copies of pages and trees; markers.py the places of inline comments
    present.py   content as JSON, with kin.py, expand.py, shapes.py and links.py
    flavours.py  which Confluence the site passes for
    api_v1/      the REST API, a module a group of operations
    api_v2/      its second version, over the same store
    cql.py       the query language; cql.lark is its grammar
    web/         what a person sees; render.py and macros.py turn storage into HTML
    admission.py who asks, and by which way; operations.py what each operation asks of tokens and apps
    oauth.py     how users let programs in; oauth_tokens.py what these get for it;
                 oauth_apps.py how an app acts as a user
    connect.py   how installed apps sign their requests
    webhooks.py  who is told of what happens; webhook_events.py what that is, webhook_payloads.py in which words,
                 webhook_delivery.py how it gets there
    faults.py    bad days on demand; serve.py waitress

Nothing here knows of confsync, and confsync reaches it over HTTP only.
"""

from .app import create_app
from .faults import Dropped, Faults
from .serve import Server, serve
from .site import Sandbox

__all__ = ["Dropped", "Faults", "Sandbox", "Server", "create_app", "serve"]
