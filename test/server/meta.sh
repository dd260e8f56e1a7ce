#!/usr/bin/env bash
# META.json as the PGXN Meta Spec 1.0.0 wants it, and as the rest of the project says it.
. test/server/lib/tap.bash

# Every finding, one a line; none if the file is as the specification says.
cat >"$SCRATCH/rules.jq" <<'END'
def text: type == "string" and length > 0;
def term: type == "string" and length >= 2 and (test("[/\\\\[:cntrl:][:space:]]") | not);
def tag: type == "string" and length > 0 and length < 256 and (test("[/\\\\[:cntrl:]]") | not);
def uri: type == "string" and test("^[a-z][a-z0-9+.-]*:[^[:space:]]+$");
def version: type == "string" and test("^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-?[A-Za-z][0-9A-Za-z.-]*)?$");
def range: (. | tostring) | split(",") | all(gsub("^[[:space:]]+|[[:space:]]+$"; "") | sub("^(<=|>=|==|!=|<|>)[[:space:]]*"; "") | . == "0" or version);
def path: text and (test("^/|\\\\") | not);
def list: if type == "array" then . else [.] end;
def map(each): type == "object" and all(.[]; each);
def need(good; what): if good then empty else what end;
def only(names; where): (keys - names)[] | select(test("^x_"; "i") | not) | where + ": unknown key " + .;
def licenses: ["agpl_3", "apache_1_1", "apache_2_0", "artistic_1", "artistic_2", "bsd", "freebsd", "gfdl_1_2", "gfdl_1_3",
  "gpl_1", "gpl_2", "gpl_3", "lgpl_2_1", "lgpl_3_0", "mit", "mozilla_1_0", "mozilla_1_1", "openssl", "perl_5", "postgresql",
  "qpl_1_0", "ssleay", "sun", "zlib", "open_source", "restricted", "unrestricted", "unknown"];
def license: map(uri) or (type != "object" and (list | length > 0 and all(. as $l | licenses | index($l) != null)));

only(["name", "abstract", "description", "version", "maintainer", "license", "provides", "meta-spec", "generated_by", "tags",
  "no_index", "prereqs", "release_status", "resources"]; "top"),
need(.name | term; "name"),
need(.abstract | text; "abstract"),
need(.version | version; "version"),
need(.maintainer | list | length > 0 and all(text); "maintainer"),
need(.license | license; "license"),
need(."meta-spec" | type == "object" and (.version | type == "string" and test("^1\\.0\\.[0-9]+$")) and (.url == null or (.url | uri)); "meta-spec"),
need(.provides | map((.file | path) and (.version | version) and (.abstract == null or (.abstract | text)) and (.docfile == null or (.docfile | path)))
  and (keys | length > 0 and all(term)); "provides"),
(.provides[]? | only(["file", "version", "abstract", "docfile"]; "provides")),
need(.description == null or (.description | text); "description"),
need(.generated_by == null or (.generated_by | text); "generated_by"),
need(.tags == null or (.tags | list | all(tag)); "tags"),
need(.release_status == null or (.release_status | IN("stable", "testing", "unstable")); "release_status"),
need(.no_index == null or (.no_index | map(list | all(path))); "no_index"),
need(.resources == null or (.resources | type == "object"); "resources"),
need(.prereqs == null or (.prereqs | map(map(map(range)))); "prereqs"),
(.prereqs // {} | only(["configure", "build", "test", "runtime", "develop"]; "prereqs")),
(.prereqs[]? | only(["requires", "recommends", "suggests", "conflicts"]; "prereqs"))
END
findings() { jq -r -f "$SCRATCH/rules.jq" 2>&1; }
meta() { jq -r "$1" META.json; }

is "$(findings <META.json)" "" "META.json follows the PGXN Meta Spec"

# A rule that finds nothing proves nothing: each of these changes breaks one.
while IFS='|' read -r change finding; do
	is "$(jq "$change" META.json | findings | sort -u | paste -sd ,)" "$finding" "would be found: $change"
done <<'END'
.name = "a b"|name
del(.abstract)|abstract
.version = "1.0"|version
.maintainer = []|maintainer
.license = "BSD"|license
."meta-spec".version = "2.0.0"|meta-spec
.provides.migrate.version = "1"|provides
del(.provides.migrate.file)|provides
.provides = {}|provides
.tags += ["a/b"]|tags
.release_status = "beta"|release_status
.prereqs.runtime.requires.PostgreSQL = "15"|prereqs
.prereqs.runtime.needs = {}|prereqs: unknown key needs
.homepage = "x"|top: unknown key homepage
END

version=$(sed -n "s/^default_version = '\(.*\)'$/\1/p" control/migrate.control)
is "$(meta '.version, .provides.migrate.version' | sort -u)" "$version" "its versions are the control file's"
is "$(meta '.provides.migrate.file')" "control/migrate--$version.sql" "it names the install script"
for file in $(meta '.provides.migrate | .file, .docfile'); do
	[ -f "$file" ]
	ok $? "$file is there"
done
if [ -f debian/changelog ]; then
	is "$(sed -n '1s/^migrate (\(.*\)-[^-]*) .*/\1/p' debian/changelog)" "$version" "debian/changelog has the same version"
fi
done_testing
