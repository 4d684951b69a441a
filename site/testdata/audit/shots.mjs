// Keeps pictures of the pages of a hub that is served: node shots.mjs WORK ADDRESS FOLDER COURSES DAY [NAME]
// See shots.sh.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [work, address, folder, courses, day, only = ''] = process.argv.slice(2)
const puppeteer = createRequire(join(work, 'x.js'))('puppeteer-core')

const many = courses > 2
const everything = many ? 'everything' : 'supporting-mentors'
const open = {
  home: '/', dates: '/dates/', compare: '/compare/', course: `/courses/${everything}/`, own: '/courses/career-conversations/',
  service: '/services/gp-s/', 'service-form': '/services/gp-s/apply/', form: `/courses/${everything}/apply/`,
  eligibility: `/courses/${everything}/eligibility/`, cannot: `/courses/${everything}/eligibility/no-1/`, can: `/courses/${everything}/eligibility/yes/`,
  missing: '/no-such-page/', funding: '/funding/', mentoring: '/mentoring/', privacy: '/privacy/',
  ...(many ? {
    boxes: '/boxes/', catalogue: '/catalogue/', last: `/catalogue/page-${Math.ceil(courses / 12)}/`, topic: '/catalogue/topic/coaching/',
    'topic-long': '/catalogue/topic/quality-improvement-and-patient-safety/', mode: '/catalogue/mode/in-person/', town: '/catalogue/town/newark-on-trent/',
    audience: '/catalogue/audience/practice-managers/', month: '/catalogue/month/2021-11/', 'month-few': '/catalogue/month/2021-09/',
    chosen: '/side-by-side/?course=everything&course=supporting-mentors',
    'chosen-four': '/side-by-side/?course=everything&course=supporting-mentors&course=course-00001&course=course-00016',
    'chosen-none': '/side-by-side/', 'chosen-five': '/side-by-side/?course=everything&course=supporting-mentors&course=course-00001&course=course-00002&course=course-00003',
    rolling: '/courses/course-00017/', 'search-none': '/catalogue/?q=nothing-like-this', search: '/catalogue/?q=coach'
  } : { 'chosen-few': '/side-by-side/?course=career-conversations&course=supporting-mentors', terms: '/terms/', contact: '/contact/' })
}
const over = { home: '/', dates: '/dates/', compare: '/compare/', course: `/courses/${everything}/`, form: `/courses/${everything}/apply/`,
  eligibility: `/courses/${everything}/eligibility/`, can: `/courses/${everything}/eligibility/yes/`, ...(many ? { catalogue: '/catalogue/', topic: '/catalogue/topic/coaching/' } : {}) }
const closed = !day.startsWith('2021')
const pages = Object.entries(closed ? over : open).map(([name, path]) => [`${courses}-${closed ? 'over-' : ''}${name}`, path]).filter(([name]) => name.startsWith(only))
const special = many && courses < 100 && !closed ? ['course', 'boxes', 'catalogue', 'chosen', 'dates', 'compare'] : []

const launch = (...args) => puppeteer.launch({ executablePath: process.env.CHROME_PATH, args: ['--no-sandbox', ...args] })
const browser = await launch()
// A browser of somebody who has set letters to twice their size.
const large = await launch('--blink-settings=defaultFontSize=32')
const page = await browser.newPage()
let wide = 0

// shoot keeps the page as it is, and says what reaches beyond its right edge.
const shoot = async (name, width, page) => {
  const { height, beyond } = await page.evaluate(() => ({
    height: document.documentElement.scrollHeight,
    beyond: document.documentElement.scrollWidth > innerWidth
      ? [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.outerHTML.slice(0, 100)).slice(-3) : []
  }))
  if (beyond.length) wide++
  console.log(`${name}-${width}: ${height} px high${beyond.map((b) => '\n  scrolls sideways: ' + b).join('')}`)
  // A picture of many screens would be too small to see anything in it.
  for (let from = 0, part = 1; from < height && part <= 3; from += 4000, part++) {
    await page.screenshot({ path: join(folder, `${name}-${width}${part > 1 ? '-' + part : ''}.png`), clip: { x: 0, y: from, width, height: Math.min(4000, height - from) }, captureBeyondViewport: true })
  }
}

for (const [name, path] of pages) {
  for (const width of [1280, 320]) {
    await page.setViewport({ width, height: 800 })
    await page.goto(address + path, { waitUntil: path.includes('?q=') ? 'networkidle0' : 'load' })
    await shoot(name, width, page)
  }
  if (!special.includes(name.split('-')[1]) || name.split('-').length > 2) continue
  const media = await page.createCDPSession()
  await media.send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }, { name: 'prefers-color-scheme', value: 'dark' }] })
  await page.setViewport({ width: 1280, height: 800 })
  await shoot(name + '-forced', 1280, page)
  await media.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] })
  await shoot(name + '-dark', 1280, page)
  await media.send('Emulation.setEmulatedMedia', { features: [] })
  await page.pdf({ path: join(folder, name + '.pdf'), format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } })
  const other = await large.newPage()
  await other.setViewport({ width: 320, height: 800 })
  await other.goto(address + path)
  await shoot(name + '-large', 320, other)
  await other.close()
}
await large.close()
await browser.close()
process.exit(wide > 0 ? 1 : 0)
