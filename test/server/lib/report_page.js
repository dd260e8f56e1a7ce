// Opens pages of migrate_report() in Chromium and tells, a line each, what is not as it should be: messages on the console,
// requests, horizontal scroll, what axe-core finds, plots without their text, what print or blocked styles hide.
// usage: node report_page.js PAGE...: files; prints "NAME WIDTH SCHEME: what" for each finding, then "checked N views".
'use strict'

const crypto = require('node:crypto')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const modules = path.join(process.env.NPM_FOLDER, 'node_modules')
const { chromium } = require(path.join(modules, 'playwright-core'))
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8')

const widths = [360, 768, 1440]
const schemes = ['light', 'dark']
let checked = 0

// The policy lets nothing through but the page's own style sheet, by its hash; and not even that below /blocked/.
function serve(files) {
  const server = http.createServer((request, response) => {
    const name = path.basename(request.url)
    if (!files.has(name)) return response.writeHead(404).end()
    const text = fs.readFileSync(files.get(name), 'utf8')
    const hash = crypto.createHash('sha256').update(/<style>([^]*)<\/style>/.exec(text)[1]).digest('base64')
    const policy = `default-src 'none'${request.url.startsWith('/blocked/') ? '' : `; style-src 'sha256-${hash}'`}`
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end(text)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

// What is wrong with the page as it stands in the browser.
function look() {
  const found = []
  const scrolls = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (scrolls > 0) found.push(`it scrolls sideways by ${scrolls} pixels`)
  for (const each of document.querySelectorAll('svg[role=img]')) {
    const texts = each.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id)?.textContent)
    if (texts.length !== 2 || texts.some((text) => !text)) found.push('a plot has no title or description')
    if (!each.closest('section').querySelector('table tbody tr')) found.push('a plot has no table')
  }
  for (const each of document.querySelectorAll('.scroll')) {
    if (each.tabIndex !== 0 || !each.getAttribute('aria-label')) found.push('a table that scrolls has no keyboard or no label')
  }
  for (const each of document.querySelectorAll('table')) {
    if (!each.caption || each.querySelector('th:not([scope])')) found.push('a table has no caption, or headings without scope')
  }
  for (const each of document.querySelectorAll('nav a')) {
    if (!document.querySelector(each.getAttribute('href'))) found.push(`${each.getAttribute('href')} leads nowhere`)
  }
  if (document.querySelector('[style], script, link, img, iframe')) found.push('it has what it should not have')
  return [...new Set(found)]
}

async function view(browser, url, name, width, colorScheme, more) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  const report = (what) => console.log(`${name} ${width} ${colorScheme}: ${what}`)
  const messages = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(error.message))
  page.on('request', (request) => request.url() === url || messages.push(`request of ${request.url()}`))
  await page.goto(url)
  for (const what of await page.evaluate(look)) report(what)
  for (const what of messages) report(what)
  await more(page, report)
  checked += 1
  await page.close()
}

// Of hundreds that are alike the first ones tell enough.
async function judge(page, report) {
  await page.evaluate(() => document.querySelectorAll('tr:nth-child(n+20), article:nth-of-type(n+20)').forEach((each) => each.remove()))
  await page.evaluate(axe)
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })')
  for (const { id, nodes } of violations) report(`axe: ${id}, ${nodes.length} times: ${nodes[0].html.slice(0, 100)}`)
}

async function print(page, report) {
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  const hidden = await page.evaluate(() => [...document.querySelectorAll('details pre, details table')]
    .filter((each) => !each.checkVisibility({ contentVisibilityAuto: true })).length)
  if (hidden > 0) report(`print hides ${hidden} texts`)
}

async function withoutStyles(page, report) {
  const hidden = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, dd, summary, main p')]
    .filter((each) => each.textContent && each.getBoundingClientRect().height === 0).length)
  if (hidden > 0) report(`without styles ${hidden} texts are hidden`)
  if (await page.evaluate(() => getComputedStyle(document.querySelector('.facts')).display) !== 'block') report('styles are not blocked')
}

async function main() {
  const files = new Map(process.argv.slice(2).map((file) => [path.basename(file), path.resolve(file)]))
  const server = await serve(files)
  const origin = `http://127.0.0.1:${server.address().port}`
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] })
  for (const [name, file] of files) {
    for (const width of widths) {
      for (const scheme of schemes) {
        const url = width === 768 ? `file://${file}` : `${origin}/${name}`
        await view(browser, url, name, width, scheme, async (page, report) => {
          if (width !== 768) await judge(page, report)
          if (width === 768) await print(page, report)
        })
      }
    }
    // That the style is blocked is told on the console.
    const page = await browser.newPage()
    await page.goto(`${origin}/blocked/${name}`)
    await withoutStyles(page, (what) => console.log(`${name} blocked: ${what}`))
    await page.close()
  }
  await browser.close()
  server.close()
  console.log(`checked ${checked} views`)
}

main().catch((error) => {
  console.log(`failed: ${error.stack}`)
  process.exit(1)
})
