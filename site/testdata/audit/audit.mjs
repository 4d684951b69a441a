// Weighs each page with all that it loads, compressed as it is sent, and runs Lighthouse's phone profile on the pages
// that most people see: node audit.mjs WORK ADDRESS
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [work, address] = process.argv.slice(2)
const most = { bytes: 40 * 1024, requests: 6 }
const least = { accessibility: 100, 'best-practices': 100, seo: 100, performance: 95 }
const seen = ['/', '/courses/career-conversations/', '/compare/', '/courses/career-conversations/apply/']
let short = 0

const folder = join(work, 'public')
const weigh = (file) => gzipSync(readFileSync(join(folder, file))).length
const weights = readdirSync(folder, { recursive: true }).filter((f) => f.endsWith('.html')).map((file) => {
  const html = readFileSync(join(folder, file), 'utf8')
  // What the browser fetches by itself: style, script, icon, pictures.
  const loads = new Set([...html.matchAll(/<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*? (?:href|src)="(\/[^"]*)"/g)].map((m) => m[1]))
  const bytes = weigh(file) + [...loads].reduce((sum, f) => sum + weigh(f), 0)
  return { file, bytes, requests: 1 + loads.size }
})
for (const w of weights) {
  if (w.bytes > most.bytes || w.requests > most.requests) {
    short++
    console.log(`${w.file} is too heavy: ${w.bytes} bytes, ${w.requests} requests`)
  }
}
const heaviest = weights.reduce((a, b) => (a.bytes > b.bytes ? a : b))
console.log(`${weights.length} pages; the heaviest is ${heaviest.file}: ${(heaviest.bytes / 1024).toFixed(1)} KB, ${heaviest.requests} requests`)

for (const path of seen) {
  const out = execFileSync(join(work, 'node_modules', '.bin', 'lighthouse'), [
    address + path, '--quiet', '--output=json', '--chrome-flags=--headless=new --no-sandbox',
    '--only-categories=' + Object.keys(least).join(','),
    // That applications are kept out of search results is on purpose.
    ...(path.endsWith('/apply/') ? ['--skip-audits=is-crawlable'] : [])
  ], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
  const report = JSON.parse(out)
  const scores = Object.entries(report.categories).map(([id, c]) => [id, Math.round(c.score * 100)])
  const fetched = report.audits['network-requests'].details.items.filter((r) => r.url.startsWith(address))
  const bytes = fetched.reduce((sum, r) => sum + r.transferSize, 0)
  console.log(`${path}: ${scores.map(([id, s]) => `${id} ${s}`).join(', ')}; ${fetched.length} requests, ${(bytes / 1024).toFixed(1)} KB`)
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
