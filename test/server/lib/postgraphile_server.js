// PostGraphile, the real one, over a database of the test; prints its port.
'use strict'

const http = require('node:http')
const path = require('node:path')
const folder = path.join(process.env.NPM_FOLDER, 'node_modules')
const { postgraphile } = require(path.join(folder, 'postgraphile'))
const { Pool } = require(path.join(folder, 'pg'))

const pool = new Pool({ host: process.env.PGHOST, port: process.env.PGPORT, user: 'authenticator', database: process.env.DATABASE })
const handler = postgraphile(pool, 'public', {
  includeExtensionResources: true,
  disableQueryLog: true,
  extendedErrors: ['errcode', 'detail', 'hint'],
  pgSettings: { role: 'rpc_deploy', 'request.jwt.claims': '{"role": "rpc_deploy", "sub": "graph"}' },
})
http.createServer(handler).listen(0, '127.0.0.1', function () { console.log(this.address().port) })
