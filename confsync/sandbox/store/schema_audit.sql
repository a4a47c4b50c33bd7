-- What was done on the site, by whom; a row is only ever added, or dropped when the retention period is over.
CREATE TABLE IF NOT EXISTS audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    millis      INTEGER NOT NULL,             -- since 1970
    author      TEXT NOT NULL,                -- JSON; {"accountId": …} of a user, or what a client sent
    address     TEXT NOT NULL,
    category    TEXT NOT NULL,
    summary     TEXT NOT NULL,
    description TEXT NOT NULL,
    sys_admin   INTEGER NOT NULL,
    affected    TEXT NOT NULL,                -- JSON
    changed     TEXT NOT NULL,                -- JSON
    associated  TEXT NOT NULL                 -- JSON
);
CREATE INDEX IF NOT EXISTS audit_by_time ON audit (millis);
