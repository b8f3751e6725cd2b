CREATE SCHEMA photos;

-- The pictures that events name, each sealed by the key of the cadre whom it shows.
CREATE TABLE photos.photos (
    cadre  uuid NOT NULL,
    sha256 text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (cadre, sha256)
);
