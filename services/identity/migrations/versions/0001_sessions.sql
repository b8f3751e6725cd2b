-- Sessions. No event tells of them: they end by themselves, and a rebuild of views leaves them alone.
CREATE SCHEMA sessions;

-- A sign-in, and all refresh tokens that descend from it. `era` is the account's when it began.
CREATE TABLE sessions.families (
    family  uuid PRIMARY KEY,
    account uuid NOT NULL,
    role    text NOT NULL,
    era     int NOT NULL,
    expires timestamptz NOT NULL,
    ended   timestamptz
);
CREATE INDEX families_account ON sessions.families (account);
CREATE INDEX families_expires ON sessions.families (expires);

-- Refresh tokens by their SHA-256: they are 256 random bits, so a plain hash hides them.
CREATE TABLE sessions.tokens (
    hash   bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    family uuid NOT NULL REFERENCES sessions.families ON DELETE CASCADE,
    used   timestamptz
);
CREATE INDEX tokens_family ON sessions.tokens (family);
