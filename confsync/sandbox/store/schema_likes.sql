-- Who likes which page, blog post or comment.
CREATE TABLE IF NOT EXISTS liked (
    content_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (content_id, account_id)
);
