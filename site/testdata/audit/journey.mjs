// Goes through an application with every page answered, first wrongly and then well, and keeps each page that comes as a
// file; seen.json has the addresses of those that can be opened again, with their cookie: node journey.mjs ADDRESS PATH
// FOLDER, where PATH is that of the form's first page
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [address, start, folder] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
let cookie = ''
let pages = 0
const seen = new Map()

const ask = async (path, body) => {
  const r = await fetch(address + path, { method: body ? 'POST' : 'GET', body, redirect: 'manual', headers: { cookie } })
  cookie = (r.headers.getSetCookie().at(-1) ?? cookie).split(';')[0]
  const to = r.headers.get('location')
  if (to) return ask(to)
  const html = await r.text()
  if (!body && r.status === 200) seen.set(path, { path, cookie })
  writeFileSync(join(folder, `${String(++pages).padStart(2, '0')}-${r.status}${path.replaceAll('/', '_')}.html`), html)
  return { path, html }
}

const attribute = (tag, name) => tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? ''

// What the form of a page asks, with an answer that will do.
const lists = new Set()
const answers = ({ path, html }) => {
  const found = new URLSearchParams()
  for (const [tag] of html.matchAll(/<(?:input|textarea|select)\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    if (!name || found.has(name) || attribute(tag, 'tabindex') === '-1') continue
    const typed = [
      [/email/, `${name}@example.org`], [/telephone/, '01632 960123'], [/gmc/, '1234567'], [/nmc|^number$/, '12A3456E'], [/postcode/, 'EC1A 1BB'],
      [/practice-code/, 'V81997'], [/-day$/, '1'], [/-month$/, '9'], [/-year$/, '2019'],
      [/./, attribute(tag, 'inputmode') ? '6' : 'Example']
    ].find(([like]) => like.test(name))[1]
    if (name === 'another') { // of a list: one more, and no more
      found.set(name, lists.has(path) && !html.includes('nhsuk-error-summary') ? 'no' : 'yes')
      lists.add(path)
      continue
    }
    found.set(name, ['radio', 'checkbox', 'hidden'].includes(attribute(tag, 'type')) ? attribute(tag, 'value') : typed)
  }
  return found
}

let page = await ask(start)
await ask(`/apply/nothing/nothing-here`)
for (let n = 0; n < 40 && !page.path.endsWith('/sent'); n++) {
  const action = page.html.match(/<form[^>]* action="([^"]+)"/)?.[1]
  const on = page.html.match(/<a[^>]* href="([^"]+)"[^>]*class="nhsuk-button|<a[^>]*class="nhsuk-button[^>]* href="([^"]+)"/)
  if (action) {
    await ask(action, new URLSearchParams())
    page = await ask(action, answers(page))
  } else if (on) {
    page = await ask(on[1] ?? on[2])
  } else break
}
if (!page.path.endsWith('/sent')) throw new Error(`${start}: the journey ends at ${page.path}`)
console.log(`from ${start} on: ${pages} pages`)
// What was sent cannot be opened again, and the draft is gone with it; so its pages are seen as they are part-way through.
cookie = ''
page = await ask(start)
await ask(page.html.match(/<form[^>]* action="([^"]+)"/)[1], answers(page))
const again = []
for (const { path } of seen.values()) {
  const r = await fetch(address + path, { redirect: 'manual', headers: { cookie } })
  if (r.status === 200 && !path.startsWith('/courses/') && !path.startsWith('/services/')) again.push({ path, cookie })
}
writeFileSync(join(folder, 'seen.json'), JSON.stringify(again))
