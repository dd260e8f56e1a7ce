// Calls by @supabase/supabase-js, one after the other, as a line of JSON each says: {fn, args, options, headers, token}.
// Answers with a line each: {status, data} or {status, error}.
'use strict'

const crypto = require('node:crypto')
const path = require('node:path')
const { createClient } = require(path.join(process.env.NPM_FOLDER, 'node_modules', '@supabase', 'supabase-js'))

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
function tokenOf(claims) {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${crypto.createHmac('sha256', process.env.JWT_SECRET).update(text).digest('base64url')}`
}

async function main() {
  for (const line of process.argv.slice(2)) {
    if (line.startsWith('token ')) { // of that role, for another client
      console.log(tokenOf({ role: line.slice('token '.length) }))
      continue
    }
    const { fn, args, options, headers, token = { role: 'rpc_deploy', sub: '9b2e' } } = JSON.parse(line)
    const key = tokenOf(token)
    const supabase = createClient(process.env.SUPABASE_URL, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: class {} },
      global: { headers: headers ?? {} },
    })
    const { status, data, error } = await supabase.rpc(fn, args, options)
    console.log(JSON.stringify(error ? { status, error } : { status, data }))
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1 })
