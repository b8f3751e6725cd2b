-- view: accounts
CREATE TABLE accounts (
    account  uuid PRIMARY KEY,
    login    text COLLATE "C" NOT NULL UNIQUE,
    name     text NOT NULL,
    grants   text NOT NULL,
    state    text NOT NULL,
    password boolean NOT NULL DEFAULT false,
    opened   timestamptz NOT NULL,
    version  int NOT NULL
);

-- view: directory
CREATE TABLE communities (
    community   uuid PRIMARY KEY,
    name        text NOT NULL,
    subdistrict text NOT NULL
);
