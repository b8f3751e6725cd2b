-- view: communities
CREATE TABLE communities (
    id           uuid PRIMARY KEY,
    code         text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    subdistrict  text COLLATE "C" NOT NULL,
    centre       jsonb,
    address      text NOT NULL,
    phone        text NOT NULL,
    party_branch text NOT NULL,
    fingerprint  text NOT NULL DEFAULT '',
    version      int NOT NULL
);

-- view: services
CREATE TABLE services (
    id           uuid PRIMARY KEY,
    code         text COLLATE "C" NOT NULL,
    zh           text NOT NULL,
    en           text NOT NULL,
    skills       text[] NOT NULL,
    helper_kinds text[] NOT NULL,
    urgency      text NOT NULL,
    minutes      int NOT NULL,
    recurs       boolean NOT NULL,
    retired      boolean NOT NULL DEFAULT false,
    version      int NOT NULL
);

-- view: cadres
CREATE TABLE cadres (
    id                   uuid PRIMARY KEY,
    state                text NOT NULL,
    community            uuid,
    name                 text COLLATE "C" NOT NULL DEFAULT '',
    pinyin               text COLLATE "C" NOT NULL DEFAULT '',
    unit                 text COLLATE "C" NOT NULL DEFAULT '',
    standing             jsonb,
    details              jsonb,
    guarantors           jsonb NOT NULL DEFAULT '[]',
    guarantee            jsonb,
    hospital             text NOT NULL DEFAULT '',
    deceased_on          date,
    merged_into          uuid,
    family_reads_medical boolean NOT NULL DEFAULT false,
    fingerprint          text NOT NULL DEFAULT '',
    photo                text NOT NULL DEFAULT '',
    registered_at        timestamptz NOT NULL,
    version              int NOT NULL
);
CREATE INDEX cadres_order ON cadres (pinyin, id);
CREATE INDEX cadres_community ON cadres (community, pinyin, id);
CREATE INDEX cadres_merged_into ON cadres (merged_into);

-- What a search may begin with, and what it is of the person: name, phone, a guarantor's phone, address …
CREATE TABLE cadre_words (
    word  text COLLATE "C" NOT NULL,
    cadre uuid NOT NULL,
    why   text COLLATE "C" NOT NULL,
    PRIMARY KEY (word, cadre, why)
);
CREATE INDEX cadre_words_cadre ON cadre_words (cadre, word);

CREATE TABLE cadre_keys (
    key   text COLLATE "C" NOT NULL,
    cadre uuid NOT NULL,
    nth   int NOT NULL,
    PRIMARY KEY (key, cadre)
);
CREATE INDEX cadre_keys_cadre ON cadre_keys (cadre);

CREATE TABLE assessments (
    id         uuid PRIMARY KEY,
    cadre      uuid NOT NULL,
    flag       text NOT NULL,
    assessor   text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    note       text NOT NULL,
    state      text NOT NULL DEFAULT 'valid'
);
CREATE INDEX assessments_cadre ON assessments (cadre);

CREATE TABLE residences (
    cadre      uuid NOT NULL,
    community  uuid,
    address    text NOT NULL,
    valid_from date NOT NULL,
    recorded   timestamptz NOT NULL,
    PRIMARY KEY (cadre, recorded)
);

-- view: requests
CREATE TABLE requests (
    id            uuid PRIMARY KEY,
    cadre         uuid NOT NULL,
    community     uuid,
    base          text NOT NULL,
    open          boolean NOT NULL DEFAULT true,
    hold_reason   text,
    hold_until    timestamptz,
    fundings      uuid[] NOT NULL DEFAULT '{}',
    state         text NOT NULL GENERATED ALWAYS AS (
                      CASE WHEN NOT open THEN base
                           WHEN hold_reason IS NOT NULL THEN 'OnHold'
                           WHEN cardinality(fundings) > 0 THEN 'Escalated'
                           ELSE base END) STORED,
    covered       boolean NOT NULL,
    channel       text NOT NULL,
    service       text COLLATE "C" NOT NULL,
    urgency       text,
    weight        int NOT NULL,
    minutes       int,
    slot_start    timestamptz,
    slot_end      timestamptz,
    caller        jsonb,
    caller_phone  text COLLATE "C",
    elements      jsonb,
    linked        uuid,
    likely        uuid[] NOT NULL,
    overruled     text NOT NULL,
    duplicate_of  uuid,
    replaced_by   uuid,
    reason        text NOT NULL DEFAULT '',
    note          text NOT NULL DEFAULT '',
    round         int NOT NULL DEFAULT 1,
    helper        uuid,
    attempts      int NOT NULL DEFAULT 0,
    drawn         boolean NOT NULL DEFAULT false,
    received_by   text COLLATE "C" NOT NULL,
    solved        boolean,
    satisfaction  int,
    level         text,
    clock         text NOT NULL,
    received_at   timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    closed_at     timestamptz,
    version       int NOT NULL
);
CREATE INDEX requests_order ON requests (weight, received_at, id);
CREATE INDEX requests_open ON requests (weight, received_at, id) WHERE open;
CREATE INDEX requests_cadre ON requests (cadre, received_at);
CREATE INDEX requests_by ON requests (received_by, weight, received_at, id) WHERE open;
CREATE INDEX requests_phone ON requests (caller_phone, received_at) WHERE open;

-- view: pairings
CREATE TABLE helpers (
    helper uuid PRIMARY KEY,
    name   text NOT NULL,
    phone  text
);
CREATE TABLE pairings (
    pairing uuid PRIMARY KEY,
    helper  uuid NOT NULL,
    cadre   uuid NOT NULL,
    began   timestamptz NOT NULL
);
CREATE INDEX pairings_cadre ON pairings (cadre);

-- view: todos
CREATE TABLE todos (
    kind    text COLLATE "C" NOT NULL,
    about   uuid NOT NULL,
    detail  text COLLATE "C" NOT NULL,
    cadre   uuid NOT NULL,
    request uuid,
    since   timestamptz NOT NULL,
    files   uuid[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (kind, about, detail)
);
CREATE INDEX todos_cadre ON todos (cadre);
CREATE INDEX todos_request ON todos (request);

-- Shown only with a retracted death; `cadre` is the file it stood under.
CREATE TABLE ended_by_death (
    kind   text COLLATE "C" NOT NULL,
    about  uuid NOT NULL,
    cadre  uuid NOT NULL,
    detail text COLLATE "C" NOT NULL,
    since  timestamptz NOT NULL,
    PRIMARY KEY (kind, about)
);
CREATE INDEX ended_by_death_cadre ON ended_by_death (cadre);
