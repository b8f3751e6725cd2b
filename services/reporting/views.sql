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

-- view: names
CREATE TABLE communities (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    subdistrict text COLLATE "C" NOT NULL,
    longitude   float8,
    latitude    float8
);
CREATE TABLE services (
    code text COLLATE "C" PRIMARY KEY,
    zh   text NOT NULL,
    en   text NOT NULL
);

-- view: people
-- Whom an auditor may find; their names are searched, and shown nowhere before a reason is given.
CREATE TABLE people (
    cadre     uuid PRIMARY KEY,
    community uuid,
    category  text NOT NULL DEFAULT '',
    name      text COLLATE "C" NOT NULL DEFAULT '',
    ending    text COLLATE "C" NOT NULL
);
CREATE INDEX people_name ON people (name);
CREATE INDEX people_ending ON people (ending);
CREATE INDEX people_community ON people (community, cadre);
