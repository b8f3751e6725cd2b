-- Calls that are being written down. No event tells of them: they end by being saved, given up, or after days.
CREATE SCHEMA drafts;

-- What an operator has typed about somebody, sealed by the key of `person`, which is whom it is about, or
-- the operator as long as nobody is known.
CREATE TABLE drafts.drafts (
    operator text NOT NULL,
    about    uuid NOT NULL,
    person   uuid NOT NULL,
    sealed   bytea NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (operator, about)
);
CREATE INDEX drafts_saved_at ON drafts.drafts (saved_at);
