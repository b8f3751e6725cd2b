-- Simulated traffic on a demo in real time can't wait for hours: a mark of the store, since every process of the
-- service must know it, and one that starts again meanwhile, too.
ALTER TABLE store.meta ADD COLUMN quick boolean NOT NULL DEFAULT false;
