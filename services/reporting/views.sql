-- view: readings
-- number: as the archive numbered the event on arrival, so readings of one instant keep their order.
CREATE TABLE readings (
    reading  uuid PRIMARY KEY,
    number   bigint NOT NULL,
    recorded timestamptz NOT NULL,
    who      text COLLATE "C" NOT NULL,
    role     text NOT NULL,
    of       uuid,
    what     text NOT NULL,
    query    text NOT NULL,
    why      text NOT NULL
);
CREATE INDEX readings_recorded ON readings (recorded, number);
CREATE INDEX readings_of ON readings (of, recorded, number);

-- view: figures
CREATE TABLE figure_requests (
    request   uuid PRIMARY KEY,
    community uuid,
    service   text NOT NULL DEFAULT '',
    urgency   text NOT NULL DEFAULT '',
    state     text NOT NULL DEFAULT '',
    base      text NOT NULL DEFAULT '',
    pauses    text[] NOT NULL DEFAULT '{}',
    received  timestamptz,
    assigned  timestamptz,
    closed    timestamptz
);
CREATE TABLE figure_deadlines (
    request uuid NOT NULL,
    stage   text NOT NULL,
    level   text NOT NULL,
    PRIMARY KEY (request, stage, level)
);
CREATE TABLE figure_hours (
    helper  uuid NOT NULL,
    month   date NOT NULL,
    minutes bigint NOT NULL,
    visits  int NOT NULL,
    PRIMARY KEY (helper, month)
);
CREATE TABLE figure_funding (
    funding   uuid PRIMARY KEY,
    community uuid,
    fund      text NOT NULL DEFAULT '',
    year      int,
    state     text NOT NULL DEFAULT '',
    amount    bigint NOT NULL DEFAULT 0
);
