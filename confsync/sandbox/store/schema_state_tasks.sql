-- What became of setting or removing the states of many contents at once.
CREATE TABLE IF NOT EXISTS state_task (
    id     TEXT PRIMARY KEY,
    author TEXT NOT NULL,
    result TEXT NOT NULL                      -- JSON
);
