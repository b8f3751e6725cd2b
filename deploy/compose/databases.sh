# On PostgreSQL's first start: a database and a role for each service, and none enters another's.
for name in intake matching care reporting identity vault; do
    psql -v ON_ERROR_STOP=1 -v role="jiujin_$name" -v password="$(cat "/run/secrets/${name}_password")" \
        --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -c "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"
