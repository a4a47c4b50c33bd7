"""The Python handle on a site: what tests and the command line do without HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from . import connect, load, saving
from .request_log import Entry, RequestLog
from .store import (
    Store,
    apps,
    content,
    drafts,
    global_permissions,
    groups,
    likes,
    oauth,
    permissions,
    restrictions,
    spaces,
    themes,
    tree,
    users,
    webhooks,
)
from .webhook_delivery import Deliveries, Delivery, check_names

SECRET_LENGTH = 32  # of what signs with SHA-256


class Sandbox:
    """A site with its store and its request log."""

    def __init__(self, store: Store, requests: RequestLog) -> None:
        self.store = store
        self.requests = requests
        with store.transaction():
            users.ensure_admin(store)
            global_permissions.ensure_ready(store)
            permissions.ensure(store)
            oauth.ensure_ready(store)
        self.hooks = Deliveries(store)

    @property
    def log(self) -> list[Entry]:
        """Return the entries of the request log, oldest first."""
        return self.requests.entries

    def create_user(self, name: str, display_name: str = "", password: str = "", token: str = "") -> str:
        """Create a user and return the account id; without a password or token the name is both."""
        with self.store.transaction():
            return users.create(self.store, name, display_name or name.title(), password or name, token or name)

    def create_space(self, key: str, name: str) -> None:
        """Create a space with its home page, as the ready user."""
        with self.store.transaction():
            spaces.create(self.store, key, name, users.ADMIN_ID)

    def create_folder(self, space_key: str, title: str, parent_id: str | None = None) -> str:
        """Create a Cloud folder, which REST version 1 can only read; return its id."""
        with self.store.transaction():
            space = spaces.get(self.store, space_key)
            new = content.New("folder", space["id"], title, "", int(parent_id) if parent_id else None)
            return str(content.create(self.store, new, users.ADMIN_ID)["id"])

    def like(self, content_id: str, user: str) -> None:
        """Let a user (login name or account id) like a page, blog post or comment, which REST can only read."""
        with self.store.transaction():
            row = content.get(self.store, int(content_id))
            likes.put(self.store, row["id"], users.known(self.store, user))

    def restrict(self, page_id: str, operation: str, users_: Iterable[str] = (), groups_: Iterable[str] = ()) -> None:
        """Let only these users (by login name or account id) and groups `read` or `update` a page; none lift it.

        Other than over REST, the ready user may be locked out too.
        """
        if operation not in restrictions.OPERATIONS:
            raise ValueError(f"no restriction is called {operation!r}; there are {', '.join(restrictions.OPERATIONS)}")
        with self.store.transaction():
            row = content.get(self.store, int(page_id), ("any",))
            named = [restrictions.Subject("user", users.known(self.store, one)) for one in users_]
            named += [restrictions.Subject("group", groups.known(self.store, one)) for one in groups_]
            restrictions.clear(self.store, row["id"], (operation,))
            restrictions.add(self.store, row["id"], operation, named)

    def permit(self, operation: str, users_: Iterable[str] = (), groups_: Iterable[str] = ()) -> None:
        """Let only these users (by login name or account id) and groups do something on the whole site.

        `operation` is one of `global_permissions.OPERATIONS`: use the site, create spaces, administer.
        """
        if operation not in global_permissions.OPERATIONS:
            known = ", ".join(global_permissions.OPERATIONS)
            raise ValueError(f"no permission is called {operation!r}; there are {known}")
        with self.store.transaction():
            named = [("user", users.known(self.store, one)) for one in users_]
            named += [("group", permissions.subject(self.store, "group", one)) for one in groups_]
            global_permissions.leave_to(self.store, operation, named)

    def allow_anonymous(self, allowed: bool = True) -> None:
        """Let people without credentials use the site; they see the spaces that are open to everybody."""
        with self.store.transaction():
            change = global_permissions.grant if allowed else global_permissions.revoke
            change(self.store, global_permissions.USE, global_permissions.ANONYMOUS)

    def open_space(self, key: str, operation: str = "read", target: str = "space") -> None:
        """Open a space to everybody, also to people without credentials: to read, or to do something else too."""
        with self.store.transaction():
            space_id = spaces.get(self.store, key)["id"]
            for what in dict.fromkeys((permissions.READ_SPACE, (operation, target))):
                if what not in permissions.ALL or what[0] not in permissions.OPEN:
                    raise ValueError(f"nobody can let everybody {operation} a {target}")
                if not permissions.find(self.store, space_id, permissions.ANONYMOUS, what):
                    permissions.grant(self.store, space_id, permissions.ANONYMOUS, what)

    def set_theme(self, key: str = "") -> None:
        """Set the theme of the whole site, which REST can only read; without a key it is the default theme again."""
        with self.store.transaction():
            themes.choose(self.store, themes.SITE, key)

    def install_app(
        self,
        key: str,
        scopes: Iterable[str] = ("READ", "WRITE", "DELETE"),
        base_url: str | None = None,
        secret: str = "",
        hooks: Iterable[Mapping[str, str]] = (),
    ) -> apps.Installed:
        """Install a Connect app, which then may sign requests; return its secret and the names it goes by.

        `scopes` are of `connect.SCOPES`; `base_url` is where the app listens; a `secret` that is given is used.
        `hooks` are the `webhooks` of its descriptor, of `{event, url}`, with addresses relative to `base_url`.
        """
        wanted = tuple(scopes)
        if strange := set(wanted) - set(connect.SCOPES):
            raise ValueError(f"no scope of apps is called {', '.join(strange)}; there are {', '.join(connect.SCOPES)}")
        if secret and len(secret) < SECRET_LENGTH:
            raise ValueError(f"the secret of an app has at least {SECRET_LENGTH} characters")
        declared = [(check_names([one["event"]]), one["url"]) for one in hooks]
        with self.store.transaction():
            webhooks.remove_of_app(self.store, key)
            for names, url in declared:
                webhooks.register(self.store, key, url, names, "", active=True, app=key)
            return apps.install(self.store, key, secret or secrets.token_urlsafe(48), wanted, base_url or "")

    @property
    def deliveries(self) -> list[Delivery]:
        """Return what became of the events that receivers are told of, oldest first."""
        return self.hooks.listing()

    def wait_for_deliveries(self, seconds: float = 10) -> None:
        """Wait until no event waits for its receiver; raise `TimeoutError` after so many seconds."""
        self.hooks.wait(seconds)

    def allow_any_receiver(self) -> None:
        """Let events be delivered to other machines too; without this only to this one."""
        self.hooks.anywhere = True

    def register_oauth_client(self, name: str, redirect_uris: Iterable[str]) -> tuple[str, str]:
        """Register a program that may ask users for access; return its client id and its secret."""
        with self.store.transaction():
            client_id, secret = self.store.ids(), secrets.token_urlsafe(32)
            oauth.register(self.store, client_id, secret, name, redirect_uris)
            return client_id, secret

    def hide(self, page_id: str) -> None:
        """Restrict a page and everything below it, so that to every user it looks as if it did not exist."""
        with self.store.transaction():
            row = content.get(self.store, int(page_id))
            for one in [row, *tree.descendants(self.store, row["id"], "")]:
                self.store.run("UPDATE content SET status = ? WHERE id = ?", content.HIDDEN, one["id"])

    def unhide_all(self) -> None:
        """Lift every restriction."""
        with self.store.transaction():
            self.store.run("UPDATE content SET status = 'current' WHERE status = ?", content.HIDDEN)

    def load_storage(self, directory: Path, space_key: str) -> int:
        """Load a folder of storage files as pages, bodies verbatim, and return the number of pages made."""
        return load.load_storage(self.store, directory, space_key)

    def editor_save(self, page_id: str) -> None:
        """Save a page as the Cloud editor does, which rebuilds the whole body."""
        with self.store.transaction():
            row = content.get(self.store, int(page_id))
            change = saving.Change(row["version"] + 1, body=content.body(self.store, row))
            saving.update_in_editor(self.store, row, change, users.ADMIN_ID)
            drafts.consume(self.store, row["id"], users.ADMIN_ID, "")

    def save_draft(self, page_id: str, user: str, title: str, body: str) -> None:
        """Leave a draft open on a published page, as a user (login name or account id) who has not published yet."""
        with self.store.transaction():
            row = content.get(self.store, int(page_id), ("current",))
            saving.save_draft(self.store, row, title, body, users.known(self.store, user))

    def set_index_lag(self, seconds: float) -> None:
        """Let search see changes only after so many seconds, as the real index does."""
        self.store.index_lag = timedelta(seconds=seconds)

    def close(self) -> None:
        """Close the data file and the log; what waits for receivers is delivered by the next start on the file."""
        self.hooks.stop()
        self.requests.close()
        self.store.close()
