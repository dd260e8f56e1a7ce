# The real Liquibase beside a private server. Sourced: it starts both. Needs java.
. "$(dirname "${BASH_SOURCE[0]}")/finding.bash"
need java
packages liquibase@4.28.1
server
relay
LIQUIBASE_HOME=$SCRATCH/node_modules/liquibase/dist/liquibase
export LIQUIBASE_HOME

# liquibase ARGUMENT...: on $SCRATCH/changes.sql and database postgres; what it says is in $SCRATCH/liquibase.out.
liquibase() {
	(cd "$SCRATCH" && java -jar "$LIQUIBASE_HOME/internal/lib/liquibase-core.jar" --show-banner=false \
		--url="jdbc:postgresql://127.0.0.1:$RELAY_PORT/postgres" --username="$PGUSER" --password=none \
		--changelog-file=changes.sql "$@") >"$SCRATCH/liquibase.out" 2>&1
}
java -jar "$LIQUIBASE_HOME/internal/lib/liquibase-core.jar" --version 2>/dev/null | sed -n 's/^Liquibase Version: /Liquibase /p'
