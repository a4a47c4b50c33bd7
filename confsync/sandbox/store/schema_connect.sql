-- How an app is installed: the account under which it writes, what it may do, and where it listens.
CREATE TABLE IF NOT EXISTS app_install (
    app_key    TEXT PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE,
    client_id  TEXT NOT NULL UNIQUE,          -- by which it asks for tokens to act as a user
    scopes     TEXT NOT NULL,                 -- with blanks between
    base_url   TEXT NOT NULL
);
