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
wanted=$( (echo Pg_magic_func && echo _PG_init && sed 'p; s/^/pg_finfo_/' <<<"$called") | sort -u)
is "$exported" "$wanted" "exports what SQL calls, the magic block and _PG_init, and nothing else"
is "$(grep -c . <<<"$called")" "$(sql module "SELECT count(*) FROM pg_depend d WHERE deptype = 'e' AND classid = 'pg_proc'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'migrate')")" \
	"every function of the extension is in the module"

unlike "$(readelf -dW "$module")" '\((RPATH|RUNPATH)\)' "looks for libraries nowhere but where the system does"
unlike "$(readelf -dW "$module")" '\(TEXTREL\)' "its code needs no relocation"
undefined=$(readelf --dyn-syms -W "$module" | awk '$7 == "UND" && $5 == "GLOBAL" { sub(/@.*/, "", $8); print $8 }')
unlike "$(grep -E '^(_Z|__cxa_|__gxx_)' <<<"$undefined" | grep -vxE '__cxa_(finalize|atexit|thread_atexit_impl)')" . "takes nothing of a C++ library from elsewhere"
sql postgres "DROP DATABASE module"
done_testing
