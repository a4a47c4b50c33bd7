-- The tasks in the current bodies of pages and posts; a task goes when its item goes.
CREATE TABLE IF NOT EXISTS task (
    id           INTEGER PRIMARY KEY,
    content_id   INTEGER NOT NULL,
    local_id     TEXT NOT NULL,                -- what `ac:task-id` says
    uuid         TEXT NOT NULL,
    status       TEXT NOT NULL,                -- 'complete' or 'incomplete'
    body         TEXT NOT NULL,                -- storage format
    creator      TEXT NOT NULL,
    assignee     TEXT,                         -- the first who is mentioned
    due          TEXT,                         -- the first date in it
    created      TEXT NOT NULL,
    updated      TEXT NOT NULL,
    completed    TEXT,
    completed_by TEXT,
    UNIQUE (content_id, local_id)
);
