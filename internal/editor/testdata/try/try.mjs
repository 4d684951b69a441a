// An editor at work in the page that run.sh serves.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import puppeteer from 'puppeteer-core'

const work = process.env.WORK, repo = path.join(work, 'try/repo'), address = `http://localhost:${process.env.PORT}/`
const git = (...args) => execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' })
let failed = 0
function is(what, fits, got) {
  console.log(`${fits ? 'ok' : 'FAILED'}: ${what}`)
  if (!fits) { failed++; console.log(got) }
}

const browser = await puppeteer.launch({ executablePath: process.env.CHROME_PATH, args: ['--no-sandbox'], protocolTimeout: 180000 })
const page = await browser.newPage()
page.setDefaultTimeout(45000)
await page.setViewport({ width: 1280, height: 900 })
const outside = [], wrong = []
page.on('request', (r) => { if (!/^(data|blob):|^http:\/\/localhost:/.test(r.url())) outside.push(r.url()) })
// When the hub refuses a save, the page's error is an object without a message.
page.on('pageerror', (e) => { if (e?.message && e.message !== 'Object') wrong.push(e.message) })
page.on('dialog', (d) => d.accept())
process.once('uncaughtException', async (e) => { console.log(e); setTimeout(() => process.exit(1), 9000); await picture('failed'); process.exit(1) })
const picture = (name) => page.screenshot({ path: path.join(work, 'pictures', name + '.png') })

await page.goto(address, { waitUntil: 'load' })
await (await page.waitForSelector('button')).click()
await page.waitForFunction(() => document.body.innerText.includes('Collections'))
await picture('courses')

async function open(where) {
  await page.goto('about:blank')
  await page.goto(address + '#/collections/' + where, { waitUntil: 'load' })
  await page.waitForFunction(() => document.querySelector('[aria-label$=" field"]') || [...document.querySelectorAll('button')].some((b) => b.innerText === 'Login'))
  if (!(await page.$('[aria-label$=" field"]'))) await (await page.$('button')).click()
  await page.waitForSelector('[aria-label$=" field"]')
  // A file's first fact can be one that is left out, so any that has come will do.
  if (where.includes('/entries/')) await page.waitForFunction(() => [...document.querySelectorAll('[aria-label$=" field"] :is(input, textarea)')].some((e) => e.value))
}

// find returns the field, or the entry of a list, at keys and indexes: ['cohorts', 0, 'workshops', -1, 'date'].
async function find(...steps) {
  return page.evaluateHandle(async (steps) => {
    const soon = async (get) => {
      for (let i = 0; i < 600; i++) {
        const found = get()
        if (found) return found
        await new Promise((r) => setTimeout(r, 50))
      }
      throw new Error('nothing at ' + JSON.stringify(steps))
    }
    const parent = (e) => e.parentElement.closest('[aria-label$=" field"]')
    let scope = document.body, field = null
    for (const step of steps) {
      if (typeof step === 'string') {
        const within = scope, above = field
        scope = field = await soon(() => [...within.querySelectorAll(`label[for^="${step}-field-"]`)]
          .map((l) => l.closest('[aria-label$=" field"]')).find((f) => parent(f) === above))
        continue
      }
      const list = field.querySelector('[id*="-field-"]')
      const toggle = list.querySelector('[data-testid=expand-button]')
      if (toggle.getAttribute('aria-label') === 'Expand') toggle.click()
      scope = await soon(() => list.children[1] && [...list.children[1].children].filter((c) => c.querySelector('button')).at(step))
      const shows = () => scope.querySelector('[aria-label$=" field"]').offsetHeight
      if (!shows()) scope.children[0].querySelector('button').click()
      await soon(shows)
    }
    return scope
  }, steps)
}

// type replaces the text of a field. On a busy machine the page sometimes loses keys, so it checks,
// and types again.
async function type(text, ...steps) {
  const field = await find(...steps)
  const box = await field.evaluateHandle((f) => f.querySelector('input, textarea'))
  for (let tries = 3; tries--;) {
    await box.evaluate((b) => { b.scrollIntoView({ block: 'center' }); b.focus() })
    await page.keyboard.down('Control')
    await page.keyboard.press('a')
    await page.keyboard.up('Control')
    if (text) await page.keyboard.type(text)
    else await page.keyboard.press('Delete')
    if (await box.evaluate((b) => b.value) === text) return
  }
}

// choose picks an option from a list with a field to type in.
async function choose(text, ...steps) {
  const field = await find(...steps)
  const box = await field.evaluateHandle((f) => f.querySelector('input'))
  await box.evaluate((b) => { b.scrollIntoView({ block: 'center' }); b.focus() })
  await page.keyboard.type(text)
  const option = await page.waitForFunction((t) => [...document.querySelectorAll('[role=option]')].find((o) => o.innerText === t), {}, text)
  await option.click()
}

const add = async (...steps) => (await find(...steps)).evaluate((f) => [...f.querySelector('[id*="-field-"]').children[0].querySelectorAll('button')].at(-1).click())
const drop = async (...steps) => (await find(...steps)).evaluate((i) => [...i.children[0].querySelectorAll('button')].at(-1).click())

// save saves the open file, and returns what the page says and what git has.
async function save() {
  const before = git('rev-parse', 'HEAD')
  await page.evaluate(() => document.querySelectorAll('.Toastify__close-button').forEach((b) => b.click()))
  await page.waitForFunction(() => !document.querySelector('.Toastify__toast'))
  await page.waitForFunction(() => [...document.querySelectorAll('[role=button]')].some((b) => b.innerText.trim() === 'Publish'))
  await page.evaluate(() => [...document.querySelectorAll('[role=button]')].find((b) => b.innerText.trim() === 'Publish').click())
  await page.waitForFunction(() => [...document.querySelectorAll('[role=menuitem]')].some((b) => b.innerText.trim() === 'Publish now'))
  await page.evaluate(() => [...document.querySelectorAll('[role=menuitem]')].find((b) => b.innerText.trim() === 'Publish now').click())
  const toast = await page.waitForFunction(() => document.querySelector('.Toastify__toast')?.innerText ?? document.body.innerText.match(/.*(?:match the pattern).*/i)?.[0])
  const text = await toast.jsonValue()
  const after = git('rev-parse', 'HEAD')
  return { said: text, saved: before !== after, files: git('diff', '--name-only', before.trim(), after.trim()).trim(),
    diff: git('diff', '-U0', before.trim(), after.trim()).split('\n').filter((l) => /^[-+](?![-+]{2})/.test(l)).join('\n') }
}
const check = (what) => {
  let text
  try {
    text = execFileSync(path.join(work, 'hub'), ['check', '--content', path.join(repo, 'content'), '--as-of', process.env.AS_OF], { cwd: process.env.ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (e) { text = 'red\n' + e.stdout }
  is(`hub check is green after ${what}`, !text.startsWith('red'), text)
}
async function changes(what, files, diff, change) {
  await change()
  const s = await save()
  is(`${what}: only that changes`, s.files === files && s.diff === diff, s.files + '\n' + s.diff + '\nwant\n' + diff + '\n' + s.said)
  check(what)
}

// 1. keep.js reads every file and writes it unchanged.
const { format } = await import(path.join(work, 'page/keep.js'))
const config = JSON.parse(fs.readFileSync(path.join(work, 'page/config.json'), 'utf8'))
const all = []
for (const c of config.collections) {
  const f = format(c.files ? c.files[0].fields : c.fields)
  const names = c.files ? [c.files[0].file] : fs.readdirSync(path.join(repo, c.folder)).filter((n) => n.endsWith('.' + c.extension)).map((n) => `${c.folder}/${n}`)
  for (const name of names) {
    const text = fs.readFileSync(path.join(repo, name), 'utf8')
    if (f.toFile(f.fromFile(text)) !== text) all.push(name)
  }
}
is('every file is written as it was read', !all.length, all)

// 2. In the page: one of each kind, saved without a change of its facts.
for (const [where, key] of [['course/entries/career-conversations', 'title'], ['course/entries/supporting-mentors', 'title'],
  ['page/entries/home', 'title'], ['page/entries/compare', 'title'], ['form/entries/supporting-mentors', 'title'],
  ['service/entries/gp-s', 'title'], ['sheet/entries/mentor-profile', 'title'], ['scheme/entries/supporting-mentors', 'title'],
  ['letter/entries/sign-in', 'subject'], ['site/entries/site', 'name']]) {
  await open(where)
  const box = await (await find(key)).evaluateHandle((f) => f.querySelector('input, textarea'))
  await box.evaluate((b) => { b.focus(); b.setSelectionRange(b.value.length, b.value.length) })
  await page.keyboard.type(' ') // which is no change of a fact, but one for Decap CMS
  const s = await save()
  is(`${where} saved as it was: git has nothing new`, /Entry saved/.test(s.said) && s.diff === '', s.said + s.diff)
}

// 3. Changes.
await open('course/entries/career-conversations')
await changes('a deadline', 'content/courses/career-conversations.md',
  '-deadline: Friday 15 October 2021\n+deadline: Thursday 14 October 2021', () => type('Thursday 14 October 2021', 'deadline'))
await picture('course')
await changes('a workshop that moves', 'content/courses/career-conversations.md',
  '+dates_changed: Monday 20 September 2021\n-      - date: Tuesday 23 November 2021\n+      - date: Wednesday 1 December 2021', async () => {
    await type('Wednesday 1 December 2021', 'cohorts', 0, 'workshops', -1, 'date')
    await type('Monday 20 September 2021', 'dates_changed')
  })
const workshops = [['Tuesday 1 March 2022', '2pm to 5pm'], ['Tuesday 8 March 2022', '2pm to 5pm'], ['Tuesday 15 March 2022', '6pm to 8pm']]
await changes('a cohort with its workshops', 'content/courses/career-conversations.md',
  '+  - name: Cohort 4\n+    workshops:\n' + workshops.map(([date, time]) => `+      - date: ${date}\n+        time: ${time}`).join('\n') + '\n+    places: 12', async () => {
    await add('cohorts')
    await type('Cohort 4', 'cohorts', -1, 'name')
    await type('12', 'cohorts', -1, 'places')
    for (const [date, time] of workshops) {
      await add('cohorts', -1, 'workshops')
      await type(date, 'cohorts', -1, 'workshops', -1, 'date')
      await type(time, 'cohorts', -1, 'workshops', -1, 'time')
    }
  })
await changes('a cohort less', 'content/courses/career-conversations.md',
  '-  - name: Cohort 4\n-    workshops:\n' + workshops.map(([date, time]) => `-      - date: ${date}\n-        time: ${time}`).join('\n') + '\n-    places: 12',
  () => drop('cohorts', -1))

// 4. What the hub would refuse.
async function refused(what, words, change) {
  await change()
  const s = await save()
  const text = s.said + '\n' + await page.evaluate(() => document.body.innerText)
  is(`${what} is refused: ${words}`, !s.saved && text.toLowerCase().includes(words.toLowerCase()), text.slice(0, 600))
}
await refused('a deadline that is no date', 'write it like "Tuesday 2 November 2021"', () => type('15/10/2021', 'deadline'))
await picture('refused')
await refused('a day that does not exist', '"deadline" is a date that does not exist, 31 November 2021', () => type('31 November 2021', 'deadline'))
await refused('a course without a title', 'Title is required', async () => {
  await type('Thursday 14 October 2021', 'deadline')
  await type('', 'title')
})
await open('course/entries/supporting-mentors')
await refused('a time without am and pm', 'write it like "2pm to 5pm"', async () => {
  await add('cohorts', 0, 'workshops')
  await type('Tuesday 7 December 2021', 'cohorts', 0, 'workshops', -1, 'date')
  await type('2 to 4', 'cohorts', 0, 'workshops', -1, 'time')
})
await open('course/entries/supporting-mentors')
await changes('a sum, a topic and a tutor', 'content/courses/supporting-mentors.md',
  '+tutors:\n+  - name: Example Tutor\n-topics: [Mentoring, Coaching]\n+topics: [Mentoring, Coaching, "Leading, teaching"]\n-charge: £500\n+charge: £450.50', async () => {
    await type('£450.50', 'charge')
    await add('topics')
    await type('Leading, teaching', 'topics', -1, 'topics')
    await add('tutors')
    await type('Example Tutor', 'tutors', -1, 'name')
  })
await open('form/entries/supporting-mentors')
await changes('a question', 'content/forms/supporting-mentors.yaml',
  '+      - id: other-roles\n+        kind: text\n+        label: "Other roles: which ones?"\n+        in_messages: your other roles\n+        rule: omitempty,max=200', async () => {
    await add('sections', 1, 'questions')
    await type('other-roles', 'sections', 1, 'questions', -1, 'id')
    await choose('text', 'sections', 1, 'questions', -1, 'kind')
    await type('Other roles: which ones?', 'sections', 1, 'questions', -1, 'label')
    await type('your other roles', 'sections', 1, 'questions', -1, 'in_messages')
    await type('omitempty,max=200', 'sections', 1, 'questions', -1, 'rule')
  })
await picture('form')
await open('letter/entries/terms-reminder')
await changes('a letter', 'content/letters/terms-reminder.md',
  '-subject: "Agree to the terms: application {{reference}}, {{course.title}}"\n+subject: Please agree to the terms, application {{reference}}', () =>
    type('Please agree to the terms, application {{reference}}', 'subject'))

// 5. New files.
const show = (file) => fs.readFileSync(path.join(repo, file), 'utf8')
async function made(what, file, text, change) {
  await change()
  const s = await save()
  is(`${what}: ${file} as it is to be`, s.files === file && show(file) === text, s.files + '\n' + s.said + '\n' + s.diff)
  check(what)
}
await open('course/new')
await made('a new course', 'content/courses/minor-surgery.md', `---
title: Minor surgery
summary: "Minor surgery for GPs: safe, and close to home."
describe: A day of training in minor surgery for GPs, with a tutor beside you and models to practise on.
programme_year: 2021/22
provider:
  name: Example Training
qualification: A certificate of attendance
at_a_glance:
  what: A day of training
  who:
    - GPs
  why:
    - You learn to remove lumps
  length: 1 day
  delivery: In one room
  time_of_day: Daytime
  cost:
    - Nothing
contact:
  email: training@example.org
lead:
  email: lead@example.org
---

## What it covers

You practise on models first.
`, async () => {
  await type('Minor surgery', 'title')
  await type('Minor surgery for GPs: safe, and close to home.', 'summary')
  await type('A day of training in minor surgery for GPs, with a tutor beside you and models to practise on.', 'describe')
  await type('2021/22', 'programme_year')
  await type('Example Training', 'provider', 'name')
  await type('A certificate of attendance', 'qualification')
  for (const [key, text] of [['what', 'A day of training'], ['length', '1 day'], ['delivery', 'In one room'], ['time_of_day', 'Daytime']]) {
    await type(text, 'at_a_glance', key)
  }
  for (const [key, text] of [['who', 'GPs'], ['why', 'You learn to remove lumps'], ['cost', 'Nothing']]) {
    await add('at_a_glance', key)
    await type(text, 'at_a_glance', key, 0, key)
  }
  await type('training@example.org', 'contact', 'email')
  await type('lead@example.org', 'lead', 'email')
  await type('## What it covers\n\nYou practise on models first.', 'body')
})
await picture('new-course')
// A form for it, a letter of its own, a service and a scheme, by somebody who reads the hints below
// the fields.
await open('form/new')
await made('a form for the new course', 'content/forms/minor-surgery.yaml', `title: Apply for Minor surgery
course: minor-surgery
reference: MS
purpose: We use your answers to decide on your application.
applicant:
  names:
    - full-name
  email: email
sections:
  - id: you
    title: You
    questions:
      - id: full-name
        kind: text
        label: Full name
        in_messages: your full name
        rule: required,name,max=200
      - id: email
        kind: email
        label: Email address
        in_messages: your email address
        rule: required,email,max=254
declarations:
  - id: right
    text: What I say in this form is right.
signature:
  label: Type your full name
next:
  - We read your application.
`, async () => {
  await type('Apply for Minor surgery', 'title')
  await choose('Minor surgery', 'course')
  await type('MS', 'reference')
  await add('applicant', 'names')
  await type('full-name', 'applicant', 'names', 0, 'names')
  await type('email', 'applicant', 'email')
  await add('sections')
  await type('you', 'sections', 0, 'id')
  await type('You', 'sections', 0, 'title')
  for (const [i, [id, kind, text, within, rule]] of [['full-name', 'text', 'Full name', 'your full name', 'required,name,max=200'],
    ['email', 'email', 'Email address', 'your email address', 'required,email,max=254']].entries()) {
    await add('sections', 0, 'questions')
    await type(id, 'sections', 0, 'questions', i, 'id')
    await choose(kind, 'sections', 0, 'questions', i, 'kind')
    await type(text, 'sections', 0, 'questions', i, 'label')
    await type(within, 'sections', 0, 'questions', i, 'in_messages')
    await type(rule, 'sections', 0, 'questions', i, 'rule')
  }
  await add('declarations')
  await type('right', 'declarations', 0, 'id')
  await type('What I say in this form is right.', 'declarations', 0, 'text')
  await type('Type your full name', 'signature', 'label')
  await add('next')
  await type('We read your application.', 'next', 0, 'next')
  await type('We use your answers to decide on your application.', 'purpose')
})
await picture('new-form')
await open('letter/new')
await made('a letter for one form alone', 'content/letters/declined-to-applicant-minor-surgery.md', `---
subject: "Decision on your application {{reference}}: {{course.title}}"
to: applicant
form: minor-surgery
---

Your application for {{course.title}} is declined.

The reason is:

{{decision.reason}}

{{hub.name}}
`, async () => {
  await choose('declined-to-applicant', '_letter')
  await type('Decision on your application {{reference}}: {{course.title}}', 'subject')
  await type('applicant', 'to')
  await choose('Apply for Minor surgery', 'form')
  await type('Your application for {{course.title}} is declined.\n\nThe reason is:\n\n{{decision.reason}}\n\n{{hub.name}}', 'body')
})
await picture('new-letter')
await open('service/new')
await made('a new service', 'content/services/peer-support.md', `---
title: Peer support
summary: Talk to a colleague about your work.
describe: A service for GPs who want to talk to a colleague about their work, in one area.
contact:
  email: support@example.org
areas:
  - id: north
    name: The north
    lead:
      email: north@example.org
---

Who leads in your area:

{{table.areas}}
`, async () => {
  await type('Peer support', 'title')
  await type('Talk to a colleague about your work.', 'summary')
  await type('A service for GPs who want to talk to a colleague about their work, in one area.', 'describe')
  await type('support@example.org', 'contact', 'email')
  await add('areas')
  await type('north', 'areas', 0, 'id')
  await type('The north', 'areas', 0, 'name')
  await type('north@example.org', 'areas', 0, 'lead', 'email')
  await type('Who leads in your area:\n\n{{table.areas}}', 'body')
})
await picture('new-service')
await open('scheme/new')
await refused('a scheme of which half is missing', 'approvers', async () => {
  await type('Minor surgery scheme', 'title')
})
await picture('new-scheme')
await open('scheme/new')
await made('a new scheme', 'content/schemes/minor-surgery-scheme.yaml', `title: Minor surgery scheme
about: GPs who learn minor surgery are paid for their time on the course.
courses:
  - minor-surgery
begins: 1 April 2022
pays:
  - kind: training
    label: Training session
    unit: session
    rates:
      - from: 1 April 2022
        amount: £289
    caps:
      - most: 4
        in: life
    needs:
      - accepted
year_begins: 1 April
claim_within_days: 28
year_closes_after: 10
payee: claimant
refuse_reasons:
  - It was claimed before
budget:
  - year: 2022/23
    from: 1 April 2022
    quarters:
      - £3,000
      - £3,000
      - £3,000
      - £3,000
checkers:
  - name: First checker
    email: checker-one@example.org
  - name: Second checker
    email: checker-two@example.org
approvers:
  - name: First approver
    email: approver-one@example.org
  - name: Second approver
    email: approver-two@example.org
    limit: £2,000
payers:
  - name: First payer
    email: payer-one@example.org
  - name: Second payer
    email: payer-two@example.org
declarations:
  - Nobody else pays me for the same hours.
`, async () => {
  await type('Minor surgery scheme', 'title')
  await type('GPs who learn minor surgery are paid for their time on the course.', 'about')
  await choose('Minor surgery', 'courses')
  await type('1 April 2022', 'begins')
  await add('pays')
  await type('training', 'pays', 0, 'kind')
  await type('Training session', 'pays', 0, 'label')
  await choose('session', 'pays', 0, 'unit')
  await add('pays', 0, 'rates')
  await type('1 April 2022', 'pays', 0, 'rates', 0, 'from')
  await type('£289', 'pays', 0, 'rates', 0, 'amount')
  await add('pays', 0, 'caps')
  await type('4', 'pays', 0, 'caps', 0, 'most')
  await choose('life', 'pays', 0, 'caps', 0, 'in')
  await add('pays', 0, 'needs')
  await choose('accepted', 'pays', 0, 'needs', 0, 'needs')
  for (const [key, text] of [['year_begins', '1 April'], ['claim_within_days', '28'], ['year_closes_after', '10']]) await type(text, key)
  await choose('claimant', 'payee')
  for (const [key, text] of [['refuse_reasons', 'It was claimed before'], ['declarations', 'Nobody else pays me for the same hours.']]) {
    await add(key)
    await type(text, key, 0, key)
  }
  await add('budget')
  await type('2022/23', 'budget', 0, 'year')
  await type('1 April 2022', 'budget', 0, 'from')
  for (let quarter = 0; quarter < 4; quarter++) {
    await add('budget', 0, 'quarters')
    await type('£3,000', 'budget', 0, 'quarters', quarter, 'quarters')
  }
  for (const one of ['checker', 'approver', 'payer']) {
    for (const [i, which] of ['First', 'Second'].entries()) {
      await add(one + 's')
      await type(`${which} ${one}`, one + 's', i, 'name')
      await type(`${one}-${['one', 'two'][i]}@example.org`, one + 's', i, 'email')
    }
  }
  await type('£2,000', 'approvers', 1, 'limit')
})
await picture('scheme')

await open('page/entries/compare')
await changes('a course that is compared, too', 'content/pages/compare.md',
  '-compare: [career-conversations, supporting-mentors]\n+compare: [career-conversations, supporting-mentors, minor-surgery]', () => choose('Minor surgery', 'compare'))

await page.screenshot({ path: path.join(work, 'try/meadow.png'), clip: { x: 0, y: 0, width: 40, height: 40 } })
await page.pdf({ path: path.join(work, 'try/guidance.pdf'), tagged: true })
fs.writeFileSync(path.join(work, 'try/broken.pdf'), 'not much of a document')
async function upload(name, ...steps) {
  await (await find(...steps)).evaluate((f) => [...f.querySelectorAll('button')].find((b) => /^Choose (an image|a file)$/.test(b.innerText.trim())).click())
  const input = await page.waitForSelector('input[type=file]')
  await input.uploadFile(path.join(work, 'try', name))
  await page.waitForFunction((n) => document.body.innerText.includes(n), {}, name.split('.')[0])
  await page.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.innerText === 'Choose selected' && !b.disabled))
  await page.evaluate(() => [...document.querySelectorAll('button')].find((b) => b.innerText === 'Choose selected').click())
  await page.waitForFunction(() => ![...document.querySelectorAll('button')].some((b) => b.innerText === 'Choose selected'))
}
await open('page/new')
await type('For tutors', 'title')
await type('What tutors of our courses find useful, from the rooms and the equipment to the forms that they need.', 'describe')
await upload('meadow.png', '_picture')
await upload('broken.pdf', '_document')
await refused('a document that cannot be read', 'content/documents/broken.pdf', () =>
  type('![A green square](/images/meadow.png)\n\nRead the [guidance](/documents/broken.pdf).', 'body'))
await open('page/new')
await type('For tutors', 'title')
await type('What tutors of our courses find useful, from the rooms and the equipment to the forms that they need.', 'describe')
await upload('meadow.png', '_picture')
await upload('guidance.pdf', '_document')
await type('![A green square](/images/meadow.png)\n\nRead the [guidance](/documents/guidance.pdf).', 'body')
{
  const before = git('rev-parse', 'HEAD').trim()
  const { said } = await save()
  const files = git('diff', '--name-only', before, 'HEAD').trim().split('\n').sort().join(' ')
  is('a new page with a picture and a document', files === 'content/documents/guidance.pdf content/images/meadow.png content/pages/for-tutors.md', files + said)
  if (files) is('the page has their addresses, and no other trace', !show('content/pages/for-tutors.md').includes('_picture'), show('content/pages/for-tutors.md'))
}

// 6. On a telephone.
await page.setViewport({ width: 320, height: 640 })
await open('course/entries/career-conversations')
await picture('course-320')
await type('Friday 15 October 2021', 'deadline')
await picture('deadline-320')
const wide = await page.evaluate(() => document.documentElement.scrollWidth)
is('at 320 pixels nothing is wider than the page', wide <= 320, wide)

// 7. With a branch for each save, as on GitHub.
await page.setViewport({ width: 1280, height: 900 })
await page.setRequestInterception(true)
page.on('request', (r) => r.url().endsWith('config.json')
  ? r.respond({ contentType: 'application/json', body: JSON.stringify({ ...config, publish_mode: 'editorial_workflow' }) }) : r.continue())
await open('course/entries/career-conversations')
await type('Friday 15 October 2021', 'deadline')
const main = git('rev-parse', 'main')
await (await page.waitForFunction(() => [...document.querySelectorAll('button')].find((b) => b.innerText === 'Save'))).click()
await page.waitForFunction(() => document.querySelector('.Toastify__toast')?.innerText)
await picture('branch')
const branch = git('branch', '--list', '--format=%(refname:short)', 'cms/*').trim()
const onBranch = branch && git('diff', '-U0', 'main', branch).split('\n').filter((l) => /^[-+](?![-+]{2})/.test(l)).join('\n')
is('a save on a branch of its own: only that changes', main === git('rev-parse', 'main') && branch === 'cms/course/career-conversations' &&
  onBranch === '-deadline: Thursday 14 October 2021\n+deadline: Friday 15 October 2021', branch + '\n' + onBranch)
await browser.close()
is('nothing is asked of other hosts', !outside.length, outside)
is('no script fails', !wrong.length, wrong)
process.exit(failed ? 1 : 0)
