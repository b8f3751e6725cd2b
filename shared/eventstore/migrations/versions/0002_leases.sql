-- Who leads what only one process at a time may do, and when it last said so. The lock is what counts; the lease
-- tells rivals that a leader whose connection still stands has stopped.
CREATE TABLE store.leases (
    name    text COLLATE "C" PRIMARY KEY,
    pid     int NOT NULL,
    renewed timestamptz NOT NULL
);
