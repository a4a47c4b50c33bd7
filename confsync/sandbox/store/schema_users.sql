-- JSON objects that are kept with a user, by key.
CREATE TABLE IF NOT EXISTS user_property (
    id         INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    created    TEXT NOT NULL,
    modified   TEXT NOT NULL,
    UNIQUE (account_id, key)
);
