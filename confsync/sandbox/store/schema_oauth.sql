-- Programs that may ask users for access. Of secrets, codes and tokens only digests are kept.
CREATE TABLE IF NOT EXISTS oauth_client (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    secret    TEXT NOT NULL,                  -- sha256
    redirects TEXT NOT NULL                   -- JSON: the addresses that it may have users sent back to
);

-- What a user has allowed a program; all its tokens end with it. kind: 'user' consented, or an 'app' acts as the user.
CREATE TABLE IF NOT EXISTS oauth_grant (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    account_id TEXT NOT NULL,
    scopes     TEXT NOT NULL,                 -- with blanks between
    revoked    INTEGER NOT NULL DEFAULT 0
);

-- kind: 'code', 'access' or 'refresh'. A used one stays until it ends, so that it is known when it comes again.
CREATE TABLE IF NOT EXISTS oauth_token (
    digest    TEXT PRIMARY KEY,               -- sha256
    grant_id  INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    ends      TEXT NOT NULL,
    used      INTEGER NOT NULL DEFAULT 0,
    redirect  TEXT NOT NULL DEFAULT '',       -- of a code: what it was asked for with
    challenge TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS oauth_token_of_grant ON oauth_token (grant_id);
