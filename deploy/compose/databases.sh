# On PostgreSQL's first start: a database and a role for each service, and none enters another's.
# psql reads each password itself, since a command line is for all to read.
for name in intake matching care reporting identity vault; do
    psql -v ON_ERROR_STOP=1 -v role="jiujin_$name" -v file="/run/secrets/${name}_password" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat :'file'`
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -c "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"
