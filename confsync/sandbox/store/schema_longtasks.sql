-- What a long-running task that did not simply succeed, or that has made something, says of its end.
CREATE TABLE IF NOT EXISTS longtask_end (
    id      TEXT PRIMARY KEY,
    details TEXT NOT NULL,                    -- JSON: what was made
    error   TEXT NOT NULL                     -- why it failed, empty where it did not
);
