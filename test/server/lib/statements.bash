# The statements of test/schema: the files for this server, and their roles, which belong to the whole cluster.
# Sourced behind tap.bash. Who makes the roles drops them: another test makes them again.

files=(test/schema/statements.sql)
for newer in 18 19; do
	[ "$(sql postgres "SELECT current_setting('server_version_num')::int / 10000")" -lt "$newer" ] || files+=("test/schema/statements_$newer.sql")
done

# statement_files: their names, one a line.
statement_files() { printf '%s\n' "${files[@]}"; }

# statements: those of the files, one a line; roles are there already.
statements() {
	local line
	grep -hv '^! CREATE ROLE' "${files[@]}" | while IFS= read -r line; do
		case $line in '! '* | '+ '*) line=${line:2} ;; esac
		printf '%s\n' "$line"
	done
}

# add DATABASE: each statement as a migration.
add() {
	local number=0 line
	while IFS= read -r line; do
		number=$((number + 1))
		printf "SELECT migrate_add('%04d_x', \$migration\$%s\$migration\$);\n" "$number" "$line"
	done < <(statements) >"$SCRATCH/add"
	psql -Xq -v ON_ERROR_STOP=1 -d "$1" -f "$SCRATCH/add" >/dev/null
}

make_roles() { grep -h '^! CREATE ROLE' "${files[@]}" | sed 's/^! //; s/$/;/' | psql -Xq -v ON_ERROR_STOP=1 -d postgres; }

# drop_roles DATABASE...: the roles, behind the databases that hold something of theirs.
drop_roles() {
	local database
	for database; do
		sql "$database" "DROP SUBSCRIPTION IF EXISTS sub" >/dev/null 2>&1
		sql postgres "DROP DATABASE $database WITH (FORCE)" >/dev/null
	done
	grep -h '^! CREATE ROLE' "${files[@]}" | sed 's/^! CREATE/DROP/; s/$/;/' | psql -Xq -v ON_ERROR_STOP=1 -d postgres
	ok $? "its roles are gone"
}
