// Holds what pages tell search engines, their JSON-LD, to schema.org's own vocabulary and to Google's rules for courses and
// lists: node data.mjs WORK SITE. WORK has schema-dts and typescript from npm (run.sh puts them there), SITE is a built site.
//
// schema-dts is schema.org's vocabulary as TypeScript's types, so the compiler finds a property that a type has not got, and a
// value of the wrong type. Google's own test is a service on the internet, and nobody here has read its rules in whole: those
// below are as we know them, November 2026. They stand on the pages course-info (Course, CourseInstance), course and carousel
// (ItemList of courses) and event (Event) below https://developers.google.com/search/docs/appearance/structured-data/.
// We have no BreadcrumbList, and Organization only as who gives a course.
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

// Google's rules.
const needs = (file, of, ...names) => names.forEach((n) => { if (of?.[n] === undefined || of[n] === '') says(file, `${of?.['@type']} has no ${n}`) })
for (const { file, data } of found) {
  if (data['@type'] === 'Course') {
    needs(file, data, 'name', 'description', 'provider', 'offers', 'hasCourseInstance')
    needs(file, data.provider, 'name')
    if (!data.url.endsWith('/' + file.replaceAll('\\', '/').replace(/index\.html$/, ''))) says(file, `its url is ${data.url}`)
    if (data.offers) {
      needs(file, data.offers, 'category')
      if (!['Free', 'Partially Free', 'Subscription', 'Paid'].includes(data.offers.category)) says(file, `category is ${data.offers.category}`)
      if (data.offers.category === 'Paid') needs(file, data.offers, 'price', 'priceCurrency')
    }
    for (const one of data.hasCourseInstance ?? []) {
      needs(file, one, 'courseMode')
      if (!['Onsite', 'Online', 'Blended'].includes(one.courseMode)) says(file, `courseMode is ${one.courseMode}`)
      if (!one.courseWorkload && !one.courseSchedule) says(file, 'an instance has neither courseWorkload nor courseSchedule')
      if (one.courseMode !== 'Online') needs(file, one, 'location')
      // course-info: a duration of ISO 8601, not words
      if (one.courseWorkload && !/^PT(\d+H)?(\d+M)?$/.test(one.courseWorkload)) says(file, `courseWorkload is ${one.courseWorkload}`)
      for (const event of one.subEvent ?? []) {
        needs(file, event, 'name', 'startDate', 'location') // event: what it must have; a day with its time has its zone, too
        for (const at of [event.startDate, event.endDate]) if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(at)) says(file, `a time is ${at}`)
        if (event.location?.['@type'] === 'Place') needs(file, event.location, 'name', 'address')
        if (event.location?.['@type'] === 'VirtualLocation') needs(file, event.location, 'url')
      }
    }
  }
  if (data['@type'] === 'ItemList') {
    // course: a list of fewer than 3 is shown nowhere, and is no mistake; carousel: all are of the same site, and each once.
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
