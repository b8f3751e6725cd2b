-- A key per person and class. A destroyed one stays as a row without its key.
CREATE TABLE keys (
    person    uuid NOT NULL,
    class     text COLLATE "C" NOT NULL,
    key       bytea CHECK (octet_length(key) = 32),
    made      timestamptz NOT NULL DEFAULT now(),
    destroyed timestamptz,
    PRIMARY KEY (person, class),
    CHECK ((key IS NULL) = (destroyed IS NOT NULL))
);
