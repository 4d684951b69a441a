// What tests ask of a page, as a person sees it: by the words on it. Only the functions that answer
// or press change the page.

const clean = (text) => text.replace(/\s+/g, ' ').trim()
const all = (selector, from = document) => [...from.querySelectorAll(selector)]
const one = (found, what) => {
  if (found.length !== 1) throw new Error(`${found.length} of ${what}`)
  return found[0]
}

// All stops of the focus, in order. Tests name a stop by its index here, so that they can tell
// which of two comes first.
const stops = () => all('a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex]')
const place = (element) => stops().indexOf(element)
const inMain = () => document.querySelector('main').contains(document.activeElement)
const focus = () => place(document.activeElement)

// How often to press Tab to get from the focus to a stop; less than 0 means with Shift. Radio
// buttons of one name are one stop. Elements with a negative tabindex or folded away are no stops.
// If the focus is there already, unseen says why it cannot be seen; "" if it can.
const way = (to) => {
  const reached = stops().filter((e, i, every) => e.tabIndex >= 0 && e.checkVisibility() && !(e.type === 'radio' && i > 0 && every[i - 1].name === e.name))
  const from = document.activeElement
  const same = (a, b) => a === b || (a.type === 'radio' && b.type === 'radio' && a.name === b.name)
  const wanted = reached.findIndex((e) => same(e, stops()[to]))
  const now = reached.findIndex((e) => same(e, from))
  if (now === wanted) return { presses: 0, unseen: unseen(from) }
  if (now >= 0) return { presses: wanted - now, unseen: '' }
  const behind = reached.filter((e) => from.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING).length
  const next = from === document.body ? 0 : reached.length - behind
  return { presses: wanted >= next ? wanted - next + 1 : wanted - next, unseen: '' }
}

// Why an element cannot be seen: it is outside the window, or something covers it. "" if it can.
const unseen = (element) => {
  const box = element.getClientRects()[0]
  if (!box) return `${element.outerHTML} is not drawn`
  const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + box.height / 2]
  const top = document.elementFromPoint(x, y)
  const own = [element, ...(element.labels || [])]
  if (!top) return `${element.outerHTML} is at ${Math.round(x)}, ${Math.round(y)} of ${innerWidth} by ${innerHeight}`
  return own.some((o) => o.contains(top)) ? '' : `${element.outerHTML} is covered by ${top.outerHTML}`
}

// Links and buttons by their words, hidden ones included. Of several equal links, the first.
const link = (name) => {
  const found = all('a[href]').filter((a) => clean(a.textContent) === name)
  return place(one(found.slice(0, 1), `the link “${name}”`))
}
const button = (name) => place(one(all('button').filter((b) => clean(b.textContent) === name), `the button “${name}”`))

const disclosure = (name) => place(one(all('summary').filter((s) => clean(s.textContent) === name), `“${name}” to open`))
const href = (name) => stops()[link(name)].href

// The input with the label, which ends in "(optional)" if the input is optional.
const says = (label) => (element) => [label, `${label} (optional)`].includes(clean(element.textContent))
const input = (label) => {
  const named = one(all('label').filter(says(label)), `the label “${label}”`)
  return document.getElementById(named.htmlFor)
}
const field = (label) => place(input(label))
const named = (name) => place(one(all('main input, main textarea, main select').filter((e) => e.name === name), `the field named “${name}”`))
const option = (at) => clean(stops()[at].selectedOptions[0].textContent)

// The radio buttons of a question: how many, the index of the answer, and whether it is chosen.
const fieldset = (question) => one(all('legend').filter(says(question)), `the question “${question}”`).closest('fieldset')
const choice = (question, answer) => {
  const radios = all('input[type=radio]', fieldset(question))
  const wanted = one(radios.filter((r) => clean(r.labels[0].textContent) === answer), `the answer “${answer}”`)
  return { of: radios.length, wanted: place(wanted), chosen: wanted.checked }
}

// How a question is answered: choice, parts (of a date) or text.
const kind = (question) => {
  if (all('label').filter(says(question)).length > 0) return 'text'
  return all('input[type=radio]', fieldset(question)).length > 0 ? 'choice' : 'parts'
}

const picked = (at) => clean(stops()[at].selectedOptions[0].textContent)
const value = (at) => stops()[at].value
const checked = (at) => stops()[at].checked

// Everything that the page's forms hold, one line for each field.
const held = () => all('main form').flatMap((f) => [...f.elements])
  .filter((e) => e.name && e.type !== 'hidden' && e.type !== 'submit')
  .map((e) => `${e.name}=${e.type === 'radio' || e.type === 'checkbox' ? e.checked && e.value : e.value}`)

const heading = () => clean(one(all('h1'), 'the heading').textContent)
const arrived = (at) => document.readyState === 'complete' && all('h1').length === 1 && heading() === at
const main = () => clean(document.querySelector('main').innerText)

// The summary of errors: whether it has the focus, and its links.
const summary = () => {
  const box = one(all('.nhsuk-error-summary'), 'the error summary')
  const links = all('a', box)
  return {
    title: document.title, focused: document.activeElement === box,
    first: box.compareDocumentPosition(document.querySelector('h1')) === Node.DOCUMENT_POSITION_FOLLOWING,
    texts: links.map((a) => clean(a.textContent)), places: links.map(place), to: links.map((a) => a.getAttribute('href')),
  }
}

// The error beside the input that has the focus, as people see it and as screen readers say it.
const wrong = () => {
  const input = document.activeElement
  const group = input.closest('.nhsuk-form-group')
  const message = group && group.querySelector('.nhsuk-error-message')
  if (!message) return { id: input.id, seen: '', told: '' }
  const ids = [input, input.closest('fieldset')].flatMap((e) => ((e && e.getAttribute('aria-describedby')) || '').split(' '))
  return {
    id: input.id, seen: message.getClientRects().length > 0 ? clean(message.innerText) : '',
    told: clean(ids.includes(message.id) ? message.textContent : ''),
  }
}

// Questions and answers as a page lists them, in its order.
const listed = () => all('main dl > div').map((row) => [
  clean(row.querySelector('dt').textContent),
  clean(row.querySelector('dd').textContent),
])

// Puts answers into the page at once, for tests that are not about typing them.
const put = (answers) => {
  for (const [question, answer] of answers) {
    if (all('input[type=checkbox]').some((c) => clean(c.labels[0].textContent) === question)) {
      input(question).checked = answer !== ''
    } else if (kind(question) === 'text') {
      input(question).value = answer
    } else if (kind(question) === 'parts') {
      all('input', fieldset(question)).forEach((part, i) => { part.value = answer.split(' ')[i] || '' })
    } else {
      stops()[choice(question, answer).wanted].checked = true
    }
  }
}

// Presses the button with the words.
const push = (name) => stops()[button(name)].click()

// Clears all choices and ticks.
const clear = () => all('main input:checked').forEach((chosen) => { chosen.checked = false })

// Whether the page asks about another entry, and whether it is a list of entries at all. another
// chooses the answer, if the page asks.
const asks = () => document.querySelector('input[type=radio][name=another]') !== null
const isList = () => document.querySelector('[name=another]') !== null
const another = (wanted) => {
  const radio = document.querySelector(`input[type=radio][name=another][value=${wanted}]`)
  if (radio) radio.checked = true
}

// Fills every field for writing with an answer that no rule accepts and that is too long for a page.
const mistake = () => all('main form input[type=text], main form input[type=email], main form input[type=tel], main form textarea')
  .filter((field) => field.tabIndex >= 0).forEach((field) => { field.value = 'Mississippi'.repeat(field.rows ? 200 : 20) })

// Ticks every declaration and signs.
const sign = (name) => {
  all('main input[type=checkbox]').forEach((box) => { box.checked = true })
  document.getElementById('signature').value = name
}

// The middle of the form's first button.
const middle = () => {
  const button = document.querySelector('main form button')
  button.scrollIntoView({ block: 'center' })
  const box = button.getBoundingClientRect()
  return [box.left + box.width / 2, box.top + box.height / 2]
}

// The paths of this site to which the page's links lead.
const paths = () => all('a[href]').filter((a) => a.origin === location.origin).map((a) => a.pathname)

// Faults of the page that axe does not look for.
const faults = () => {
  const found = []
  const fault = (wrong, text) => { if (wrong) found.push(text) }
  const headings = all('h1, h2, h3, h4, h5, h6').map((h) => Number(h.tagName[1]))
  const ids = all('[id]').map((e) => e.id)
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i)
  fault(document.documentElement.lang !== 'en-GB', `the language is “${document.documentElement.lang}”`)
  fault(headings.filter((level) => level === 1).length !== 1, `${headings.filter((level) => level === 1).length} headings of level 1`)
  fault(all('main h1, main h2, main h3, main h4').some((h, i, every) => i > 0 && h.tagName[1] - every[i - 1].tagName[1] > 1), 'a level of heading is left out')
  fault(twice.length > 0, `the id “${twice[0]}” twice`)
  const named = document.title.replace(/^Error: /, '').split(' – ')
  fault(new Set(named).size < named.length, `the title “${document.title}” repeats itself`)
  fault(document.title.startsWith('Error: ') !== (all('.nhsuk-error-summary').length > 0), `the title is “${document.title}”`)
  fault(all('[placeholder], [required], [type=number]').length > 0, 'an input has a placeholder, is required, or a number')
  fault(all('form').some((form) => !form.noValidate), 'the browser checks a form')
  fault(localStorage.length + sessionStorage.length > 0, 'something is stored in the browser')
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = all('body *').filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
    found.push(`scrolls sideways to ${document.documentElement.scrollWidth}: ${wide.slice(-1).map((e) => e.outerHTML.slice(0, 200))}`)
  }
  return found
}

// What axe finds against WCAG 2.0 to 2.2, A and AA. Selectors of elements are not needed, since we
// show their HTML.
const violations = () => axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
  selectors: false,
}).then((result) => result.violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help}: ${node.html.slice(0, 300)}`)))
