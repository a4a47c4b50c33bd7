-- Who made a property and when; `property` knows only of its last version.
CREATE TABLE IF NOT EXISTS property_made (
    id     INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    at     TEXT NOT NULL
);
