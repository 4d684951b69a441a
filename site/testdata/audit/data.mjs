// Holds what pages tell search engines, their JSON-LD, to schema.org's own vocabulary and to Google's rules for courses, lists
// and events: node data.mjs WORK SITE. WORK has schema-dts and typescript from npm (run.sh puts them there), SITE is a built site.
//
// schema-dts is schema.org's vocabulary as TypeScript's types, so the compiler finds a property that a type has not got, and a
// value of the wrong type. Google's own test is a service on the internet. Its rules, each with the page it stands on, below
// https://developers.google.com/search/, were read on 30 November 2026 in copies of Google's text in public repositories:
//
//   docs/appearance/structured-data/course   Course: name and description must be there, provider should. The name has no
//                                            price and no advertisement. ItemList: itemListElement, each with position and
//                                            url, the page's own address and each once. At least three courses are needed for
//                                            Google to show a list; fewer are no mistake. English only.
//   docs/appearance/structured-data/carousel all pages of a list are of one site.
//   updates, 9 September 2025                course-info is gone with what it asked for: offers, hasCourseInstance, courseMode,
//                                            courseWorkload. We say them for others, and hold them to schema.org and to
//                                            themselves, under "Ours".
//   updates, 5 June 2025; .../event          Event: name, startDate with its zone, location with name and address. An online
//                                            event is none any more. Only what the public can book is shown.
//
// We have no BreadcrumbList and no video, and Organization only as who gives a course.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [work, site] = process.argv.slice(2)
const ts = createRequire(join(work, 'x.js'))('typescript')

const found = readdirSync(site, { recursive: true }).filter((f) => f.endsWith('.html')).sort().flatMap((file) =>
  [...readFileSync(join(site, file), 'utf8').matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)]
    .map((m) => ({ file, data: JSON.parse(m[1]) })))
let wrong = 0
const says = (file, text) => { wrong++; console.log(`${file}: ${text}`) }

// schema.org's rules.
mkdirSync(join(work, 'ld'), { recursive: true })
const program = join(work, 'ld', 'data.ts')
// One type for each kind at the top: the compiler then says what is wrong with it, not only that it is none of 900 types.
const lines = found.map(({ data }) => `check<${data['@type']}>(${JSON.stringify(data).replace('"@context":"https://schema.org",', '')})`)
const types = [...new Set(found.map(({ data }) => data['@type']))]
writeFileSync(program, `import type { ${types.join(', ')} } from 'schema-dts'\nfunction check<T>(_: T) {}\n${lines.join('\n')}\n`)
const compiled = ts.createProgram([program], { noEmit: true, strict: true, skipLibCheck: true, moduleResolution: ts.ModuleResolutionKind.Node10, types: [] })
for (const d of ts.getPreEmitDiagnostics(compiled)) {
  const line = d.file ? d.file.getLineAndCharacterOfPosition(d.start).line : 0
  says(found[line - 2]?.file ?? program, ts.flattenDiagnosticMessageText(d.messageText, ' ').slice(0, 600))
}

const needs = (file, of, ...names) => names.forEach((n) => { if (of?.[n] === undefined || of[n] === '') says(file, `${of?.['@type']} has no ${n}`) })
for (const { file, data } of found) {
  if (data['@type'] === 'Course') {
    // Google's rules.
    needs(file, data, 'name', 'description', 'provider')
    needs(file, data.provider, 'name')
    if (/[£$€]\s?\d|\d\s?%|\b(free|off)\b!/i.test(data.name)) says(file, `the name has a price: ${data.name}`)
    for (const event of data.hasCourseInstance.flatMap((one) => one.subEvent ?? [])) {
      needs(file, event, 'name', 'startDate', 'location')
      needs(file, event.location, 'name', 'address')
      for (const at of [event.startDate, event.endDate]) if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(at)) says(file, `a time is ${at}`)
    }
    // Ours.
    if (!data.url.endsWith('/' + file.replaceAll('\\', '/').replace(/index\.html$/, ''))) says(file, `its url is ${data.url}`)
    if (data.offers) {
      needs(file, data.offers, 'category', 'price', 'priceCurrency')
      if (!['Free', 'Paid'].includes(data.offers.category)) says(file, `category is ${data.offers.category}`)
      if (data.offers.validFrom > data.offers.validThrough) says(file, 'the offer ends before it begins')
    }
    for (const one of data.hasCourseInstance) {
      if (!['Onsite', 'Online', 'Blended'].includes(one.courseMode)) says(file, `courseMode is ${one.courseMode}`)
      if (one.courseMode !== 'Online') needs(file, one, 'location')
      if (one.courseWorkload && !/^PT(\d+H)?(\d+M)?$/.test(one.courseWorkload)) says(file, `courseWorkload is ${one.courseWorkload}`)
    }
  }
  if (data['@type'] === 'ItemList') {
    // Google's rules, of course and carousel.
    const urls = data.itemListElement.map((item) => item.url)
    if (new Set(urls).size !== urls.length) says(file, 'the list has a course twice')
    if (new Set(urls.map((u) => new URL(u).origin)).size > 1) says(file, 'the list has courses of several sites')
    data.itemListElement.forEach((item, i) => {
      needs(file, item, 'position', 'url')
      if (item.position !== i + 1) says(file, `item ${i + 1} has position ${item.position}`)
      const page = join(site, new URL(item.url).pathname, 'index.html')
      if (!found.some((f) => join(site, f.file) === page && f.data['@type'] === 'Course')) says(file, `${item.url} describes no course`)
    })
  }
}
console.log(`${found.length} descriptions: ${wrong === 0 ? 'nothing wrong' : wrong + ' mistakes'}`)
process.exit(wrong > 0 ? 1 : 0)
