#!/usr/bin/env bash
# The page of migrate_report() in a browser: from a file, and over HTTP below a content security policy; on a phone, a tablet
# and a wide screen, light and dark; by PostgREST's media types.
. test/server/lib/tap.bash
. test/server/lib/npm.bash
. test/server/lib/report.bash
npm_packages playwright-core@1.58.2 axe-core@4.11.0 pg@8.23.1
CHROMIUM=$(command -v chromium) || {
	echo "1..0 # SKIP chromium is not installed"
	echo "# $(basename "$0"): skipped: chromium is not installed" >&2
	exit 0
}
export CHROMIUM NPM_FOLDER HOME=$SCRATCH

migrate_database page_empty
odd_names page_odd
many_failures page_many
database page_demo
sql page_demo "SET client_min_messages = warning" "$(cat demo/bootstrap.sql)" "CREATE EXTENSION migrate" >/dev/null
for file in migrations/*.sql; do
	psql -XAtq -v ON_ERROR_STOP=1 -v text="$(cat "$file")" -v name="$(basename "$file" .sql)" -d page_demo >/dev/null <<-'SQL'
		SELECT migrate_load(jsonb_build_array(jsonb_build_object('name', :'name' || '.sql', 'content', :'text')), :'name');
	SQL
done
sql page_demo "SELECT migrate_apply()" "SELECT migrate_rollback()" >/dev/null
for name in empty odd many demo; do report_to "$SCRATCH/$name.html" "page_$name"; done

findings=$(node test/server/lib/report_page.js "$SCRATCH"/{empty,odd,many,demo}.html 2>&1)
is "$findings" "checked 24 views" "nothing is wrong with the page of an empty database, of odd names, of 500 failures, of the demo"

# What a browser makes of odd names.
text=$(node -e '
	const { chromium } = require(process.env.NPM_FOLDER + "/node_modules/playwright-core");
	(async () => {
		const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
		const page = await browser.newPage();
		await page.goto("file://" + process.argv[1]);
		console.log(await page.evaluate(() => document.querySelector("main").textContent));
		await browser.close();
	})()' "$SCRATCH/odd.html" 2>&1)
for name in "$HOSTILE & \"quoted\" '\\u0000' \\x00 $HEBREW" "0003_$HEBREW" "$LONG" "public.\"by <b>hand</b>\"" "\"it's & 3 < 4\"" '"a|b`c`"' \
	"'\\u0000</pre></main>'"; do
	[[ $text = *"$name"* ]]
	ok $? "$name is shown as it is" || explain "$text"
done

# By PostgREST's media types

role page_reader NOLOGIN
role authenticator 'LOGIN NOINHERIT'
sql postgres "GRANT page_reader TO authenticator"
sql page_odd 'CREATE DOMAIN "text/html" AS text' \
	'CREATE FUNCTION report() RETURNS "text/html" STABLE LANGUAGE sql AS $$ SELECT migrate_report() $$' \
	"REVOKE EXECUTE ON FUNCTION report FROM PUBLIC" "GRANT EXECUTE ON FUNCTION report, migrate_report TO page_reader"
export DATABASE=page_odd JWT_SECRET=not-a-secret-of-thirty-two-characters
node test/server/lib/postgrest_standin.js >"$SCRATCH/port" 2>"$SCRATCH/log" &
standin=$!
trap 'kill $standin 2>/dev/null' EXIT
for _ in $(seq 200); do
	[ ! -s "$SCRATCH/port" ] || break
	sleep 0.05
done
# fetch_report ACCEPT [ROLE]: the answer's status and type, then its body.
fetch_report() {
	node -e '
		const crypto = require("node:crypto")
		const [url, accept, role] = process.argv.slice(1)
		const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url")
		const head = `${part({ alg: "HS256", typ: "JWT" })}.${part({ role })}`
		const token = `${head}.${crypto.createHmac("sha256", process.env.JWT_SECRET).update(head).digest("base64url")}`
		fetch(url, { headers: { Accept: accept, ...(role ? { Authorization: `Bearer ${token}` } : {}) } })
			.then(async (response) => console.log(`${response.status} ${response.headers.get("content-type")}\n${await response.text()}`))' \
		"http://127.0.0.1:$(cat "$SCRATCH/port")/rpc/report" "$@" 2>&1
}
like "$(fetch_report text/html page_reader)" $'^200 text/html\n<!DOCTYPE html>\n<html lang="en">.*P0001' "a browser gets the page"
unlike "$(fetch_report text/html page_reader)" "quoted&quot; .u0000</span>" "without messages, which this role may not read"
like "$(fetch_report application/json page_reader)" "^406 " "who asks for something else gets none"
like "$(fetch_report text/html)" "^40[13] .*42501|^401 " "nor does anybody without a token"

done_testing
