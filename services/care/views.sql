-- What care keeps of the register: who it is and where, who is frail, who is responsible, who may know.
-- view: register
CREATE TABLE people (
    cadre       uuid PRIMARY KEY,
    community   uuid,
    name        text NOT NULL DEFAULT '',
    phones      text[] NOT NULL DEFAULT '{}',
    address     text NOT NULL DEFAULT '',
    home        jsonb,
    guarantors  jsonb NOT NULL DEFAULT '[]',
    unit        text NOT NULL DEFAULT '',
    category    text,
    admitted    boolean NOT NULL DEFAULT false,
    deceased    boolean NOT NULL DEFAULT false,
    family_reads_medical boolean NOT NULL DEFAULT false
);
CREATE TABLE hardships (
    assessment uuid PRIMARY KEY,
    cadre      uuid NOT NULL,
    flag       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date
);
CREATE INDEX ON hardships (cadre);
CREATE TABLE merged (
    cadre  uuid NOT NULL,
    other  uuid NOT NULL,
    PRIMARY KEY (cadre, other)
);

-- What intake says of services and requests, as far as care shows it.
-- view: copies
CREATE TABLE services (
    code text COLLATE "C" PRIMARY KEY,
    zh   text NOT NULL,
    en   text NOT NULL
);
CREATE TABLE requests (
    request  uuid PRIMARY KEY,
    elements jsonb
);

-- view: cases
CREATE TABLE cases (
    request   uuid PRIMARY KEY,
    cadre     uuid NOT NULL,
    community uuid,
    helper    uuid,
    service   text NOT NULL,
    urgency   text NOT NULL,
    round     int NOT NULL,
    state     text COLLATE "C" NOT NULL,
    reason    text NOT NULL DEFAULT '',
    reported  uuid,
    opened    timestamptz NOT NULL,
    changed   timestamptz NOT NULL,
    version   int NOT NULL
);
CREATE INDEX ON cases (changed, request);
CREATE INDEX ON cases (cadre);
CREATE TABLE ended_requests (request uuid PRIMARY KEY);

-- view: visits
CREATE TABLE visits (
    visit      uuid PRIMARY KEY,
    request    uuid NOT NULL,
    cadre      uuid NOT NULL,
    community  uuid,
    helper     uuid NOT NULL,
    booking    uuid NOT NULL,
    service    text NOT NULL,
    urgency    text NOT NULL,
    slot_start timestamptz NOT NULL,
    slot_end   timestamptz NOT NULL,
    state      text COLLATE "C" NOT NULL,
    asked_start timestamptz,
    asked_end  timestamptz,
    refusal    text NOT NULL DEFAULT '',
    begun      timestamptz,
    ended      timestamptz,
    minutes    int,
    solved     boolean,
    needs      text[] NOT NULL DEFAULT '{}',
    frail      boolean,
    outcome    text NOT NULL DEFAULT '',
    medical    text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT '',
    corrected  timestamptz,
    version    int NOT NULL
);
CREATE INDEX ON visits (slot_start, visit);
CREATE INDEX ON visits (helper, slot_start);
CREATE INDEX ON visits (cadre);
CREATE INDEX ON visits (request);

-- Who has put the report right, when and why, and what had stood until then.
CREATE TABLE corrections (
    visit    uuid NOT NULL,
    version  int NOT NULL,
    by       text NOT NULL,
    role     text NOT NULL,
    at       timestamptz NOT NULL,
    reason   text NOT NULL,
    minutes  int NOT NULL,
    solved   boolean NOT NULL,
    outcome  text NOT NULL,
    PRIMARY KEY (visit, version)
);

CREATE TABLE photos (
    visit    uuid NOT NULL,
    sha256   text COLLATE "C" NOT NULL,
    label    text NOT NULL,
    located  boolean NOT NULL,
    attached timestamptz NOT NULL,
    PRIMARY KEY (visit, sha256)
);

-- view: plans
CREATE TABLE plans (
    plan      uuid PRIMARY KEY,
    cadre     uuid NOT NULL,
    community uuid,
    risk      text NOT NULL,
    note      text NOT NULL DEFAULT '',
    services  jsonb NOT NULL DEFAULT '[]',
    starts    date,
    review_on date,
    last_raised timestamptz,
    state     text COLLATE "C" NOT NULL,
    reason    text NOT NULL DEFAULT '',
    changed   timestamptz NOT NULL,
    version   int NOT NULL
);
CREATE INDEX ON plans (changed, plan);
CREATE INDEX ON plans (cadre);

-- view: fundings
CREATE TABLE fundings (
    funding   uuid PRIMARY KEY,
    request   uuid NOT NULL,
    cadre     uuid NOT NULL,
    community uuid,
    unit      text NOT NULL,
    helper    uuid,
    fund      text NOT NULL,
    year      int NOT NULL,
    asked     bigint NOT NULL,
    amount    bigint NOT NULL,
    emergency boolean NOT NULL,
    purpose   text NOT NULL,
    state     text COLLATE "C" NOT NULL,
    step      text COLLATE "C" NOT NULL,
    late      text NOT NULL DEFAULT '',
    remark    text NOT NULL DEFAULT '',
    recused   text[] NOT NULL DEFAULT '{}',
    drafted   timestamptz NOT NULL,
    since     timestamptz NOT NULL,
    changed   timestamptz NOT NULL,
    version   int NOT NULL
);
CREATE INDEX ON fundings (changed, funding);
CREATE INDEX ON fundings (step) WHERE step <> '';
CREATE INDEX ON fundings (cadre);
CREATE TABLE funding_steps (
    funding uuid NOT NULL,
    version int NOT NULL,
    what    text NOT NULL,
    step    text NOT NULL,
    by      text NOT NULL,
    role    text NOT NULL,
    at      timestamptz NOT NULL,
    amount  bigint,
    note    text NOT NULL DEFAULT '',
    PRIMARY KEY (funding, version)
);
CREATE INDEX ON funding_steps (by);
CREATE TABLE evidence (
    funding    uuid NOT NULL,
    sha256     text COLLATE "C" NOT NULL,
    size       int NOT NULL,
    media_type text NOT NULL,
    label      text NOT NULL,
    attached   timestamptz NOT NULL,
    PRIMARY KEY (funding, sha256)
);

-- view: budgets
CREATE TABLE budgets (
    budget    uuid PRIMARY KEY,
    fund      text COLLATE "C" NOT NULL,
    title     text NOT NULL,
    year      int NOT NULL,
    amount    bigint NOT NULL,
    threshold bigint NOT NULL,
    reserved  bigint NOT NULL DEFAULT 0,
    spent     bigint NOT NULL DEFAULT 0,
    returned  bigint NOT NULL DEFAULT 0,
    version   int NOT NULL
);

-- Who and where, in words: communities as intake calls them, accounts as identity does.
-- view: directory
CREATE TABLE communities (
    community   uuid PRIMARY KEY,
    name        text NOT NULL,
    subdistrict text NOT NULL
);
CREATE TABLE accounts (
    account  text COLLATE "C" PRIMARY KEY,
    name     text NOT NULL DEFAULT '',
    grants   jsonb NOT NULL DEFAULT '[]',
    disabled boolean NOT NULL DEFAULT false
);
