-- Results of conversions that were asked for without waiting; they are kept for a few minutes.
CREATE TABLE IF NOT EXISTS conversion (
    id   TEXT PRIMARY KEY,
    at   TEXT NOT NULL,
    kind TEXT NOT NULL,                       -- the representation of the result
    body TEXT NOT NULL
);
