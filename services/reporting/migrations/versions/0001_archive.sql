-- Every envelope of every service, byte for byte, numbered on arrival. Nothing is ever changed here.
CREATE SCHEMA archive;

-- The columns beside header, data and hash only repeat the header, for the indexes.
CREATE TABLE archive.arrivals (
    number         bigint PRIMARY KEY,
    source         text COLLATE "C" NOT NULL,
    stream         text COLLATE "C" NOT NULL,
    stream_version int NOT NULL,
    id             uuid NOT NULL,
    case_id        uuid,
    header         bytea NOT NULL,
    data           bytea NOT NULL,
    hash           bytea NOT NULL,
    UNIQUE (stream, stream_version, source)
);
CREATE INDEX arrivals_id ON archive.arrivals (id);
CREATE INDEX arrivals_case ON archive.arrivals (case_id, number) WHERE case_id IS NOT NULL;

-- Which envelopes are whose history: one row a cadre and envelope. A view of the archive, rebuilt beside itself.
CREATE SCHEMA view_history;
CREATE TABLE view_history.entries (
    cadre    uuid NOT NULL,
    number   bigint NOT NULL,
    recorded timestamptz NOT NULL,
    id       uuid NOT NULL,
    type     text COLLATE "C" NOT NULL,
    case_id  uuid
);
CREATE UNIQUE INDEX entries_number ON view_history.entries (cadre, number);
CREATE INDEX entries_recorded ON view_history.entries (cadre, recorded, id);
