-- Apps that are installed on the site, each with the secret with which it signs, and the modules that they registered.
CREATE TABLE IF NOT EXISTS app (
    key    TEXT PRIMARY KEY,
    secret TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS app_module (
    app_key    TEXT NOT NULL,
    module_key TEXT NOT NULL,
    value      TEXT NOT NULL,                 -- JSON
    PRIMARY KEY (app_key, module_key)
);
