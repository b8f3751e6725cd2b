-- A sign-in in a browser, by the SHA-256 of its cookie: it stays the same until it ends, since several tabs
-- renew at once. `role` is empty until one of several is chosen, `era` the account's when it began.
CREATE TABLE sessions.consoles (
    hash    bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    account uuid NOT NULL,
    role    text NOT NULL,
    era     int NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX consoles_expires ON sessions.consoles (expires);
