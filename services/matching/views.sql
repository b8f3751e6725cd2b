-- The read models of matching. Each section is one view.

-- view: helpers
CREATE TABLE helpers (
    helper      uuid PRIMARY KEY,
    version     int NOT NULL,
    state       text NOT NULL,
    kind        text NOT NULL,
    community   uuid,
    association text NOT NULL,
    sex         text,
    skills      jsonb NOT NULL,
    availability jsonb NOT NULL,
    capacity    int NOT NULL,
    dialects    text[] NOT NULL,
    glad        text[] NOT NULL DEFAULT '{}',
    since       date,
    name        text NOT NULL,
    phone       text,
    birth       date,
    address     text NOT NULL,
    home        jsonb,
    certificate text NOT NULL,
    note        text NOT NULL,
    pinyin      text COLLATE "C" NOT NULL,
    search      text COLLATE "C" NOT NULL,
    natural_key text COLLATE "C" NOT NULL DEFAULT '',
    fingerprint text NOT NULL DEFAULT '',
    minutes     bigint NOT NULL DEFAULT 0,
    visits      int NOT NULL DEFAULT 0
);
CREATE INDEX helpers_pinyin ON helpers (pinyin, helper);
CREATE INDEX helpers_key ON helpers (natural_key) WHERE natural_key <> '';
CREATE TABLE absences (
    helper uuid NOT NULL,
    starts timestamptz NOT NULL,
    ends   timestamptz NOT NULL,
    reason text NOT NULL
);
CREATE INDEX absences_helper ON absences (helper, starts);
CREATE TABLE recusals (
    helper uuid NOT NULL,
    cadre  uuid NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (helper, cadre)
);
CREATE TABLE wishes (
    helper uuid NOT NULL,
    cadre  uuid NOT NULL,
    wish   text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (helper, cadre)
);

-- view: bookings
CREATE TABLE bookings (
    booking uuid PRIMARY KEY,
    helper  uuid NOT NULL,
    request uuid NOT NULL,
    cadre   uuid NOT NULL,
    starts  timestamptz NOT NULL,
    ends    timestamptz NOT NULL,
    state   text NOT NULL,
    reason  text NOT NULL DEFAULT '',
    minutes int
);
CREATE INDEX bookings_helper ON bookings (helper, starts);
CREATE INDEX bookings_request ON bookings (request);

-- view: pairings
CREATE TABLE pairings (
    pairing   uuid PRIMARY KEY,
    version   int NOT NULL,
    helper    uuid NOT NULL,
    cadre     uuid NOT NULL,
    community uuid,
    began     timestamptz NOT NULL,
    ended     timestamptz,
    reason    text NOT NULL DEFAULT ''
);
CREATE INDEX pairings_helper ON pairings (helper);
CREATE INDEX pairings_cadre ON pairings (cadre);

-- view: matches
CREATE TABLE matches (
    request   uuid PRIMARY KEY,
    version   int NOT NULL,
    state     text NOT NULL,
    cadre     uuid NOT NULL,
    community uuid,
    service   text NOT NULL,
    urgency   text NOT NULL,
    pressing  int NOT NULL,
    round     int NOT NULL,
    minutes   int NOT NULL,
    wanted_start timestamptz,
    wanted_end   timestamptz,
    since     timestamptz NOT NULL,
    opened    timestamptz NOT NULL,
    helper    uuid,
    booking   uuid,
    starts    timestamptz,
    ends      timestamptz,
    reason    text NOT NULL DEFAULT '',
    ranking   jsonb,
    ranking_version int
);
CREATE INDEX matches_state ON matches (state, pressing, since, request);
CREATE INDEX matches_booking ON matches (booking);
CREATE INDEX matches_live ON matches (request) WHERE state <> 'Closed';
CREATE TABLE offers (
    offer   uuid PRIMARY KEY,
    request uuid NOT NULL,
    cadre   uuid NOT NULL,
    helper  uuid NOT NULL,
    round   int NOT NULL,
    rank    int NOT NULL,
    parallel boolean NOT NULL,
    state   text NOT NULL,
    reason  text NOT NULL DEFAULT '',
    starts  timestamptz NOT NULL,
    ends    timestamptz NOT NULL,
    made    timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    metres  int,
    booking uuid,
    placed  int NOT NULL
);
CREATE INDEX offers_helper ON offers (helper, state, expires, offer);
CREATE INDEX offers_request ON offers (request, placed);
CREATE INDEX offers_booking ON offers (booking);
-- Where bookings were moved to: the helper's stream may tell of it before the match's tells who has it.
CREATE TABLE moves (
    booking uuid PRIMARY KEY,
    starts  timestamptz NOT NULL,
    ends    timestamptz NOT NULL
);

-- view: copies
CREATE TABLE communities (
    community uuid PRIMARY KEY,
    code      text NOT NULL DEFAULT '',
    name      text NOT NULL,
    centre    jsonb
);
CREATE TABLE services (
    code text COLLATE "C" PRIMARY KEY,
    zh   text NOT NULL,
    en   text NOT NULL
);
CREATE TABLE cadres (
    cadre     uuid PRIMARY KEY,
    community uuid,
    name      text NOT NULL DEFAULT '',
    phones    text[] NOT NULL DEFAULT '{}',
    address   text NOT NULL DEFAULT '',
    home      jsonb,
    deceased  boolean NOT NULL DEFAULT false,
    merged_into uuid
);
CREATE INDEX cadres_merged ON cadres (merged_into);
CREATE TABLE hardships (
    assessment uuid PRIMARY KEY,
    cadre      uuid NOT NULL,
    flag       text NOT NULL,
    starts     date NOT NULL,
    ends       date
);
CREATE INDEX hardships_cadre ON hardships (cadre);
CREATE TABLE requests (
    request  uuid PRIMARY KEY,
    cadre    uuid NOT NULL,
    elements jsonb,
    ended    boolean NOT NULL DEFAULT false
);
CREATE INDEX requests_cadre ON requests (cadre) WHERE NOT ended;

-- view: courses
-- How far a request is beyond its match, and what its deadline is reckoned from, as intake tells it.
CREATE TABLE courses (
    request    uuid PRIMARY KEY,
    state      text NOT NULL,
    since      timestamptz NOT NULL,
    opened     timestamptz NOT NULL,
    extensions int NOT NULL DEFAULT 0,
    level      text NOT NULL DEFAULT '',
    pauses     jsonb NOT NULL DEFAULT '[]'
);

-- view: plans
CREATE TABLE plans (
    plan      uuid PRIMARY KEY,
    version   int NOT NULL,
    state     text NOT NULL,
    day       date NOT NULL,
    revision  int NOT NULL,
    at        timestamptz NOT NULL,
    weights_version text NOT NULL,
    visits    int NOT NULL,
    unplanned int NOT NULL,
    score     bigint NOT NULL,
    gap       bigint NOT NULL,
    prices    jsonb NOT NULL,
    lacking   jsonb NOT NULL,
    digest    text NOT NULL
);
CREATE INDEX plans_at ON plans (at, plan);
CREATE TABLE plan_visits (
    plan      uuid NOT NULL,
    request   uuid NOT NULL,
    cadre     uuid NOT NULL,
    community uuid,
    helper    uuid,
    starts    timestamptz,
    ends      timestamptz,
    score     bigint,
    state     text NOT NULL DEFAULT 'Planned',
    PRIMARY KEY (plan, request)
);
CREATE TABLE plan_wishes (
    plan    uuid NOT NULL,
    request uuid NOT NULL,
    helper  uuid NOT NULL,
    kind    text NOT NULL,
    PRIMARY KEY (plan, request, helper)
);

-- view: rebalancings
CREATE TABLE rebalancings (
    rebalancing uuid PRIMARY KEY,
    version     int NOT NULL,
    at          timestamptz NOT NULL,
    citywide    boolean NOT NULL,
    budget      int NOT NULL,
    pairing_metres int NOT NULL,
    communities int NOT NULL,
    members     int NOT NULL,
    moves       int NOT NULL,
    shortage    int NOT NULL,
    shortage_after int NOT NULL,
    cost        bigint NOT NULL,
    nearest_after int NOT NULL,
    nearest_cost bigint NOT NULL,
    digest      text NOT NULL
);
CREATE INDEX rebalancings_at ON rebalancings (at, rebalancing);
CREATE TABLE rebalancing_communities (
    rebalancing uuid NOT NULL,
    community   uuid NOT NULL,
    cadres      int NOT NULL,
    hardships   int NOT NULL,
    weight      int NOT NULL,
    centre      jsonb,
    shares      jsonb NOT NULL,
    PRIMARY KEY (rebalancing, community)
);
CREATE TABLE rebalancing_moves (
    rebalancing uuid NOT NULL,
    helper      uuid NOT NULL,
    association text NOT NULL,
    source      uuid,
    destination uuid NOT NULL,
    lacked      int NOT NULL,
    lacks       int NOT NULL,
    source_metres int,
    metres      int,
    pairings    uuid[] NOT NULL,
    ending      uuid[] NOT NULL DEFAULT '{}',
    state       text NOT NULL DEFAULT 'Proposed',
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (rebalancing, helper)
);
