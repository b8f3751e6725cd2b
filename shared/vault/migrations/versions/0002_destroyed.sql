-- Every process keeps the keys that it has used, and asks again and again which were destroyed since.
CREATE INDEX keys_destroyed ON keys (destroyed) WHERE destroyed IS NOT NULL;
