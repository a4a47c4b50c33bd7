-- Groups of users. access: which of the lists by `accessType` a group is in; ready groups come with the site and stay.
CREATE TABLE IF NOT EXISTS user_group (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE COLLATE NOCASE,
    access TEXT NOT NULL DEFAULT '',
    ready  INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS membership (
    group_id   TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (group_id, account_id)
);
CREATE INDEX IF NOT EXISTS membership_of_user ON membership (account_id);
