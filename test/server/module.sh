#!/usr/bin/env bash
# The module as a file: what it needs at run time and what it offers to the server.
. test/server/lib/tap.bash

module=$TREE$("${PG_CONFIG:-pg_config}" --pkglibdir)/migrate.so
needed=$(readelf -dW "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
unlike "$(grep -vE '^(libc\.so\.6|libm\.so\.6|ld-linux[^ ]*|ld64[^ ]*)$' <<<"$needed")" . \
	"needs nothing but libc, libm and the loader"
like "$needed" 'libc\.so' "the list of what it needs was read"

exported=$(readelf --dyn-syms -W "$module" | awk '$7 != "UND" && $5 != "LOCAL" && $8 != "" && $7 != "Ndx" { sub(/@.*/, "", $8); print $8 }' |
	sort -u)
database module
sql module "CREATE EXTENSION migrate"
called=$(sql module "SELECT prosrc FROM pg_proc WHERE probin IS NOT NULL AND prosrc LIKE 'migrate%' ORDER BY 1")
# The server starts background workers at migrate_worker.
wanted=$( (printf '%s\n' Pg_magic_func _PG_init migrate_worker && sed 'p; s/^/pg_finfo_/' <<<"$called") | sort -u)
is "$exported" "$wanted" "exports what SQL calls, the magic block, _PG_init and what workers start at, and nothing else"
is "$(grep -c . <<<"$called")" "$(sql module "SELECT count(*) FROM pg_depend d WHERE deptype = 'e' AND classid = 'pg_proc'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')")" \
	"every function of the extension is in the module"

unlike "$(readelf -dW "$module")" '\((RPATH|RUNPATH)\)' "looks for libraries nowhere but where the system does"
unlike "$(readelf -dW "$module")" '\(TEXTREL\)' "its code needs no relocation"
undefined=$(readelf --dyn-syms -W "$module" | awk '$7 == "UND" && $5 == "GLOBAL" { sub(/@.*/, "", $8); print $8 }')
unlike "$(grep -E '^(_Z|__cxa_|__gxx_)' <<<"$undefined" | grep -vxE '__cxa_(finalize|atexit|thread_atexit_impl)')" . "takes nothing of a C++ library from elsewhere"

# What the server's own build asks of its linker and compiler holds for the module, too.
pg_config=${PG_CONFIG:-pg_config}
segments=$(readelf -lW "$module")
like "$segments" 'GNU_STACK +([^ ]+ +){5}RW ' "its stack can't be executed"
if [[ $("$pg_config" --ldflags) == *-z,relro* ]]; then
	like "$segments" 'GNU_RELRO' "what only the loader writes is read-only afterwards (RELRO)"
fi
if [[ $("$pg_config" --ldflags) == *-z,now* ]]; then
	like "$(readelf -dW "$module")" 'BIND_NOW|Flags:.* NOW' "all it needs is bound when it is loaded (BIND_NOW)"
fi
if [[ $("$pg_config" --cflags) == *-fstack-protector* ]]; then
	like "$undefined" '(^|[^a-z_])__stack_chk_fail' "its stack is protected"
fi
unlike "$(readelf -SW "$module")" '\.debug_|\.symtab' "what is installed is stripped"

# g++ writes its options into what it leaves for a debugger; clang does not, nor is it in what is installed. The matrix
# asks for another optimisation in its chroots.
optimize=${OPTIMIZE:--O2}
options=$(readelf -p .debug_str migrate.so 2>/dev/null | grep -oE 'GNU C\+\+20 .*')
if [ -n "$options" ]; then
	# The last one counts; gcc 16 writes down the server's own before it, too.
	is "$(sed -nE 's/.*( -O[0-9gsf][a-z]*).*/\1/p' <<<"$options" | sort -u)$(grep -vE -- ' -O' <<<"$options")" " $optimize" "every file is built with $optimize"
else
	ok 0 "every file is built with $optimize # SKIP no debug information of g++"
fi
size "$module" | awk 'NR == 2 { printf "# size without debug information: %d bytes of code and constants, %d of data\n", $1, $2 + $3 }'

sql postgres "DROP DATABASE module"
done_testing
