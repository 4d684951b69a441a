// Weighs each page with all that it loads, compressed as it is sent, and runs Lighthouse's phone profile on one page of each
// kind, or on each whose address begins with PATH: node audit.mjs WORK ADDRESS [PATH]
//
// A machine that is busy makes pages look slow. A page whose performance falls short is tried twice more, and the best of the
// three counts, since nothing makes a page look quicker than it is; the line says all three.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [work, address, only = ''] = process.argv.slice(2)
const most = { bytes: 25 * 1024, requests: 5 }
const least = { accessibility: 100, 'best-practices': 100, seo: 100, performance: 100 }
let short = 0

const site = join(work, 'public')
const pagesOf = (folder) => readdirSync(folder, { recursive: true }).filter((f) => f.endsWith('.html')).map((f) => join(folder, f)).sort()
const weigh = (file) => gzipSync(readFileSync(file)).length
const weights = [...pagesOf(site), ...pagesOf(join(work, 'journey'))].map((file) => {
  const html = readFileSync(file, 'utf8')
  // What the browser fetches by itself: style, script, icon, pictures.
  const loads = new Set([...html.matchAll(/<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*? (?:href|src)="(\/[^"]*)"/g)].map((m) => m[1]))
  const bytes = weigh(file) + [...loads].reduce((sum, f) => sum + weigh(join(site, f)), 0)
  return { file: file.slice(work.length + 1), bytes, requests: 1 + loads.size }
})
for (const w of weights) {
  if (w.bytes > most.bytes || w.requests > most.requests) {
    short++
    console.log(`${w.file} is too heavy: ${w.bytes} bytes, ${w.requests} requests`)
  }
}
const heaviest = weights.reduce((a, b) => (a.bytes > b.bytes ? a : b))
console.log(`${weights.length} pages; the heaviest is ${heaviest.file}: ${(heaviest.bytes / 1024).toFixed(1)} KB, ${heaviest.requests} requests`)

const run = (path, hidden, cookie, tries = 3) => {
  try {
    return JSON.parse(execFileSync(join(work, 'node_modules', '.bin', 'lighthouse'), [
      address + path, '--quiet', '--output=json', '--chrome-flags=--headless=new --no-sandbox',
      // Pages that are kept out of search results on purpose need nothing for them.
      '--only-categories=' + Object.keys(least).filter((id) => !hidden || id !== 'seo').join(','),
      ...(cookie ? ['--extra-headers=' + JSON.stringify({ cookie })] : [])
    ], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch (e) {
    if (tries === 1) throw e
    console.log(`${path}: Lighthouse gave up; once more`)
    return run(path, hidden, cookie, tries - 1)
  }
}
const performance = (report) => report.categories.performance.score * 100

// Pages of a kind are made by one template of the same facts.
const kindOf = (path) => path.replace(/^\/courses\/course-\d+/, '/courses/made-up').replace(/(eligibility\/)(no-)?\d+\//, '$1$2n/')
  .replace(/(catalogue\/[a-z]+\/)[^/]+/, '$1x').replace(/page-\d+/, 'page-n')
const pages = []
for (const file of pagesOf(site)) {
  const path = '/' + file.slice(site.length + 1).replace(/index\.html$/, '')
  if (path === '/404.html') continue // an error, of which Lighthouse says nothing; it is weighed and checked like the others
  const html = readFileSync(file, 'utf8')
  if (/http-equiv="refresh"/.test(html)) continue // an old address
  pages.push({ path, hidden: /<meta name="robots" content="noindex/.test(html) || path.endsWith('/apply/') })
}
const courses = pages.map(({ path }) => path.match(/^\/courses\/([^/]+)\/$/)?.[1]).filter(Boolean).slice(-4)
if (courses.length > 1) pages.push({ path: '/side-by-side/?course=' + courses.join('&course='), hidden: true })
for (const folder of readdirSync(join(work, 'journey'))) {
  const seen = join(work, 'journey', folder, 'seen.json')
  if (existsSync(seen)) pages.push(...JSON.parse(readFileSync(seen)).map((p) => ({ ...p, hidden: true })))
}
const kinds = new Set()
for (const { path, hidden, cookie } of pages) {
  if (only ? !path.startsWith(only) : kinds.has(kindOf(path))) continue
  kinds.add(kindOf(path))
  const reports = [run(path, hidden, cookie)]
  if (performance(reports[0]) < least.performance) reports.push(run(path, hidden, cookie), run(path, hidden, cookie))
  const report = reports.sort((a, b) => performance(b) - performance(a))[0]
  const scores = Object.entries(report.categories).map(([id, c]) => [id, Math.round(c.score * 100)])
  const fetched = report.audits['network-requests'].details.items.filter((r) => r.url.startsWith(address))
  const bytes = fetched.reduce((sum, r) => sum + r.transferSize, 0)
  console.log(`${path}: ${scores.map(([id, s]) => `${id} ${s}`).join(', ')}; ${fetched.length} requests, ${(bytes / 1024).toFixed(1)} KB` +
    (reports.length > 1 ? `; the best of ${reports.map((r) => Math.round(performance(r))).join(', ')}` : ''))
  if (bytes > most.bytes || fetched.length > most.requests) short++
  for (const [id, score] of scores) {
    if (score >= least[id]) continue
    short++
    for (const { id: audit, weight } of report.categories[id].auditRefs) {
      const a = report.audits[audit]
      if (weight > 0 && a.score !== null && a.score < 1) {
        console.log(`  ${a.title}: ${a.displayValue ?? a.explanation ?? ''}`)
        for (const item of a.details?.items ?? []) console.log(`    ${item.node?.snippet ?? item.url ?? JSON.stringify(item)}`)
      }
    }
  }
}
process.exit(short > 0 ? 1 : 0)
