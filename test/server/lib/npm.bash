# Packages from npm, in a folder that outlives a run. Sourced behind tap.bash.

NPM_FOLDER=$PWD/build/npm
# Node has its own list of certificates, which lacks those that only this machine trusts.
: "${NODE_EXTRA_CA_CERTS:=/etc/ssl/certs/ca-certificates.crt}"
export NODE_EXTRA_CA_CERTS

# npm_packages NAME@VERSION...: has them in $NPM_FOLDER, or ends the test: skipped without npm, failed otherwise.
npm_packages() {
	local package missing=()
	if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
		echo "1..0 # SKIP npm or node is not installed"
		echo "# $(basename "$0"): skipped: npm or node is not installed" >&2
		exit 0
	fi
	mkdir -p "$NPM_FOLDER"
	[ -f "$NPM_FOLDER/package.json" ] || echo '{"private": true}' >"$NPM_FOLDER/package.json"
	for package; do
		[ "$(node -p 'require(process.argv[1]).version' "$NPM_FOLDER/node_modules/${package%@*}/package.json" 2>/dev/null)" = "${package##*@}" ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	npm install --prefix "$NPM_FOLDER" --save-exact --no-audit --no-fund --loglevel=error --fetch-retries=1 "${missing[@]}" >"$SCRATCH/npm.log" 2>&1 || {
		ok 1 "npm installs ${missing[*]}" || explain "$(cat "$SCRATCH/npm.log")"
		done_testing
		exit 1
	}
}
