// A stand-in for PostgREST, not PostgREST itself: of its 14th version it replays the transaction, the SQL and the HTTP
// statuses of calls to functions, so that a client of the real one can be tested where that isn't installed.
'use strict'

const crypto = require('node:crypto')
const http = require('node:http')
const path = require('node:path')
const { Pool } = require(path.join(process.env.NPM_FOLDER, 'node_modules', 'pg'))

const schema = 'public'
const preRequest = process.env.PRE_REQUEST // as db-pre-request
const pool = new Pool({ host: process.env.PGHOST, port: process.env.PGPORT, user: 'authenticator', database: process.env.DATABASE })

const ident = (name) => `"${name.replaceAll('"', '""')}"`

// Error.hs, mapSQLtoHTTP.
function statusOf(code, message, authenticated) {
  const exact = { 23503: 409, 23505: 409, 25006: 405, 53400: 500, '57P01': 503, P0001: 400, 42883: 404, '42P01': 404, '42P17': 500 }
  if (code in exact) return exact[code]
  if (code === '22023' && /^role.*does not exist$/.test(message)) return 401
  if (code === '21000' && !message.endsWith('requires a WHERE clause')) return 500
  if (code === '42501') return authenticated ? 403 : 401
  const classes = { '08': 503, '09': 500, '0L': 403, '0P': 403, 25: 500, 28: 403, '2D': 500, 38: 500, 39: 500, '3B': 500,
    40: 500, 53: 503, 54: 500, 55: 500, 57: 500, 58: 500, F0: 500, HV: 500, P0: 500, XX: 500 }
  return classes[code.slice(0, 2)] ?? 400
}

// The schema cache: what the functions of that name take and return. Procedures are not among them.
async function findRoutine(name, given) {
  const { rows } = await pool.query(
    `SELECT p.provolatile, p.proretset, p.prorettype = 'void'::regtype AS is_void,
            CASE WHEN t.typtype = 'd' AND t.typname LIKE '%/%' THEN t.typname END AS media_type,
            p.prorettype = 'record'::regtype OR t.typtype = 'c' AS composite,
            coalesce((SELECT json_agg(json_build_object('name', a.name, 'type', format_type(a.type, NULL),
                'required', a.n <= p.pronargs - p.pronargdefaults) ORDER BY a.n)
              FROM unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[]) WITH ORDINALITY a(name, type, n)), '[]') AS params
       FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
      WHERE p.pronamespace = $1::regnamespace AND p.proname = $2 AND p.prokind = 'f'`, [schema, name])
  return rows.find(({ params }) => given.every((key) => params.some((param) => param.name === key)) &&
    params.every((param) => !param.required || given.includes(param.name)))
}

// Statements.hs, mainCall, and QueryBuilder.hs, callPlanToQuery.
function mainCall(name, routine, args, body) {
  const scalar = !routine.composite
  const params = routine.params.filter((param) => param.name in args)
  const qualified = `${ident(schema)}.${ident(name)}`
  const callIt = (list) => (scalar ? `(SELECT ${qualified}(${list}) pgrst_scalar) pgrst_call` : `${qualified}(${list}) pgrst_call`)
  const values = []
  let from
  if (params.length === 0) {
    from = `FROM ${callIt('')}`
  } else if (body === undefined) {
    from = `FROM ${callIt(params.map((p) => `${ident(p.name)} := $${values.push(args[p.name])}::${p.type}`).join(', '))}`
  } else {
    values.push(body)
    const names = params.map((p) => ident(p.name)).join(', ')
    const types = params.map((p) => `${ident(p.name)} ${p.type}`).join(', ')
    from = `FROM (SELECT $1::json AS json_data) pgrst_payload, LATERAL (SELECT ${names} ` +
      `FROM json_to_record(pgrst_payload.json_data) AS _(${types}) LIMIT 1) pgrst_body , LATERAL ` +
      callIt(params.map((p) => `${ident(p.name)} := pgrst_body.${ident(p.name)}`).join(', '))
  }
  const aggregate = routine.media_type
    ? '(array_agg(_postgrest_t.pgrst_scalar))[1]'
    : scalar
    ? routine.proretset ? "coalesce(json_agg(_postgrest_t.pgrst_scalar), '[]')" : "coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null')"
    : "coalesce(json_agg(_postgrest_t), '[]')"
  const text = `WITH pgrst_source AS (SELECT ${scalar ? 'pgrst_call.pgrst_scalar' : '"pgrst_call".*'} ${from}) ` +
    `SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, ${aggregate} AS body, ` +
    `nullif(current_setting('response.headers', true), '') AS response_headers, ` +
    `nullif(current_setting('response.status', true), '') AS response_status, '' AS response_inserted ` +
    `FROM (SELECT ${ident(name)}.* FROM "pgrst_source" AS ${ident(name)}) _postgrest_t`
  return { text, values }
}

// Config/Database.hs, queryRoleSettings: those that the server knows before any extension is loaded.
async function settingsOf(role) {
  const { rows } = await pool.query(
    `SELECT s.name, substr(c.config, strpos(c.config, '=') + 1) AS value
       FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid CROSS JOIN unnest(r.rolconfig) AS c(config)
       JOIN pg_settings s ON s.name = substr(c.config, 1, strpos(c.config, '=') - 1)
      WHERE m.member = quote_ident(current_user)::regrole::oid AND r.rolname = $1 AND s.context = 'user'
        AND s.name NOT LIKE '%.%'`, [role])
  return rows.map(({ name, value }) => [name, value])
}

// PreQuery.hs, txVarQuery: the role's own settings come before the role.
async function setVariables(client, role, claims, request) {
  const all = [['search_path', `${ident(schema)}, "extensions"`], ...await settingsOf(role), ['role', role],
    ['request.jwt.claims', JSON.stringify({ ...claims, role })], ['request.method', request.method],
    ['request.path', new URL(request.url, 'http://x').pathname], ['request.headers', JSON.stringify(request.headers)],
    ['request.cookies', '{}']]
  await client.query(`select ${all.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`).join(', ')}`, all.flat())
}

function claimsOf(request) {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return undefined
  const [header, payload, signature] = token.split('.')
  const wanted = crypto.createHmac('sha256', process.env.JWT_SECRET).update(`${header}.${payload}`).digest('base64url')
  if (signature !== wanted) throw Object.assign(new Error('No suitable key or wrong key type'), { code: 'PGRST301', status: 401 })
  return JSON.parse(Buffer.from(payload, 'base64url'))
}

async function answer(request, body) {
  const url = new URL(request.url, 'http://x')
  const name = /^(?:\/rest\/v1)?\/rpc\/([^/]+)$/.exec(url.pathname)?.[1]
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const claims = claimsOf(request)
  const args = reads ? Object.fromEntries(url.searchParams) : JSON.parse(body || '{}')
  const routine = await findRoutine(name, Object.keys(args))
  if (routine === undefined) {
    throw Object.assign(new Error(`Could not find the function ${schema}.${name} in the schema cache`), { code: 'PGRST202', status: 404 })
  }
  const accepted = request.headers.accept ?? '*/*'
  if (routine.media_type && !accepted.includes(routine.media_type) && !accepted.includes('*/*')) {
    throw Object.assign(new Error(`None of these media types are available: ${accepted}`), { code: 'PGRST107', status: 406 })
  }
  const writes = !reads && routine.provolatile === 'v'
  const rollBack = /\btx=rollback\b/.test(request.headers.prefer ?? '') // db-tx-end = commit-allow-override
  const client = await pool.connect()
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED ${writes ? 'READ WRITE' : 'READ ONLY'}`)
    await setVariables(client, claims?.role ?? 'anon', claims ?? {}, request)
    if (preRequest) await client.query(`select ${preRequest.split('.').map(ident).join('.')}()`)
    const { rows } = await client.query(mainCall(name, routine, args, reads ? undefined : body || '{}'))
    if (rollBack) await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    await client.query(rollBack ? 'ABORT' : 'COMMIT')
    const headers = rollBack ? { 'Preference-Applied': 'tx=rollback' } : {}
    if (routine.is_void) return { status: 204, headers, text: '' }
    // Custom media types: what such a domain holds is the body.
    if (routine.media_type) return { status: 200, headers: { ...headers, 'Content-Type': routine.media_type }, text: rows[0].body }
    return { status: 200, headers, text: JSON.stringify(rows[0].body) }
  } catch (error) {
    await client.query('ABORT')
    throw Object.assign(error, { status: statusOf(error.code ?? 'XX000', error.message, claims !== undefined) })
  } finally {
    client.release()
  }
}

http.createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    let reply
    try {
      reply = await answer(request, Buffer.concat(chunks).toString())
    } catch (error) {
      const { code = 'PGRST000', message, detail, hint, status = 500 } = error
      reply = { status, headers: {}, text: JSON.stringify({ code, message, details: detail ?? null, hint: hint ?? null }) }
    }
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers })
    response.end(reply.text)
  })
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })
