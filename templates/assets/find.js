// Two additions to the catalogue, which works without them. One remembers which courses were chosen
// for comparing. The other searches, and fetches its data when somebody first uses it. Both keep
// their state only in the address: it is still there after Back, on the next page and after a
// reload, and can be sent to others.

const list = document.getElementById('list')
const compare = document.getElementById('compare')

const make = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

const asked = () => new URLSearchParams(location.search)
const others = make('div', {})
let chosen = []

// keep puts the search and the chosen courses into the address.
const keep = (query) => {
  query.delete('course')
  for (const id of chosen) query.append('course', id)
  history.replaceState(null, '', query.size ? '?' + query : location.pathname)
}

// tick ticks the boxes of the chosen courses, and says how many are on other pages.
const tick = () => {
  const boxes = [...list.querySelectorAll('input[name=course]')]
  for (const box of boxes) box.checked = chosen.includes(box.value)
  const away = chosen.filter((id) => !boxes.some((box) => box.value === id))
  others.replaceChildren(...away.map((value) => make('input', { type: 'hidden', name: 'course', value })))
  if (away.length) {
    const none = make('button', { type: 'button', className: 'nhsuk-button nhsuk-button--secondary', textContent: 'Take back what you chose' })
    none.addEventListener('click', () => { chosen = []; keep(asked()); tick(); compare.querySelector('[type=submit]').focus() })
    others.append(make('p', { textContent: `You chose ${away.length === 1 ? '1 course' : away.length + ' courses'} on other pages.` }), none)
  }
  for (const link of document.querySelectorAll('.nhsuk-pagination a, .hub-facets a')) {
    link.search = new URLSearchParams(chosen.map((id) => ['course', id]))
  }
}

if (compare) {
  compare.prepend(others)
  list.addEventListener('change', ({ target }) => {
    chosen = chosen.filter((id) => id !== target.value).concat(target.checked ? target.value : [])
    keep(asked())
    tick()
  })
  // By now the browser has restored what it remembers of the boxes itself.
  window.addEventListener('pageshow', () => { chosen = asked().getAll('course'); tick() })
}

const facets = [['topic', 'Topic'], ['mode', 'Online or in person'], ['town', 'Town'], ['audience', 'For'], ['apply', 'Applications']]
const statuses = ['You can apply now', 'Opens later', 'Closed', 'Finished']
const most = 50 // courses shown at once

// Accents, capitals and punctuation do not matter.
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const label = (text) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join('-')
const date = (n) => new Date(Date.UTC(n / 1e4, n / 100 % 100 - 1, n % 100))
  .toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

const find = (search) => {
  const words = document.getElementById('find-words')
  const filters = search.querySelector('.hub-filters')
  const folded = search.querySelector('details')
  const found = document.getElementById('found')
  const pages = document.querySelector('.nhsuk-pagination')
  const says = document.getElementById('says')
  const again = search.querySelector('button')

  const static_ = [...list.children]
  let courses = null
  let loading = null

  const load = () => (loading ??= (async () => {
    const index = await (await fetch(search.dataset.index)).json()
    courses = index.courses.map(([id, title, rank, last, by, ...of]) => {
      of = of.map((numbers) => [numbers].flat())
      return {
        id: id || label(title), title, rank, last: index.days[last],
        of: [...of, [rank]],
        text: plain([title, index.by[by], ...of.flatMap((numbers, i) => numbers.map((n) => index.facets[i][n]))].join(' '))
      }
    })
    facets.forEach(([name, says], i) => {
      const options = index.facets[i] ?? statuses
      if (options.length < 2) return
      const select = make('select', { className: 'nhsuk-select', id: 'find-' + name, name },
        make('option', { value: '', textContent: 'All' }),
        ...options.map((text, n) => make('option', { value: n, textContent: text })))
      filters.append(make('div', { className: 'nhsuk-form-group' },
        make('label', { className: 'nhsuk-label', htmlFor: select.id, textContent: says }), select))
    })
    folded.open ||= matchMedia('(min-width: 40.0625em)').matches // on a phone the results come first
  })().catch(() => { loading = null; found.textContent = 'The search does not work at the moment.' }))

  const item = (c) => {
    const id = 'found-' + c.id
    const until = c.rank === 0 ? (c.last ? 'Apply by ' + date(c.last) : 'Apply at any time') : statuses[c.rank]
    return make('div', { className: 'hub-listed' },
      make('p', {},
        make('a', { href: '/courses/' + c.id + '/', textContent: c.title }), make('span', { className: 'hub-about', textContent: until })),
      make('div', { className: 'nhsuk-checkboxes nhsuk-checkboxes--small' },
        make('div', { className: 'nhsuk-checkboxes__item' },
          make('input', { className: 'nhsuk-checkboxes__input', id, name: 'course', type: 'checkbox', value: c.id }),
          make('label', { className: 'nhsuk-label nhsuk-checkboxes__label', htmlFor: id },
            'Compare', make('span', { className: 'nhsuk-u-visually-hidden', textContent: ' ' + c.title })))))
  }

  const wanted = () => Object.fromEntries(facets.map(([name]) => [name, document.getElementById('find-' + name)?.value ?? '']))

  const show = () => {
    const sought = plain(words.value).split(/\s+/).filter(Boolean)
    const only = wanted()
    const query = new URLSearchParams(Object.entries({ q: words.value.trim(), ...only }).filter(([, value]) => value))
    const idle = query.size === 0
    keep(query)
    if (pages) pages.hidden = !idle
    says.hidden = !idle
    again.hidden = idle
    compare.hidden = false
    if (idle) {
      found.textContent = ''
      list.replaceChildren(...static_)
      tick()
      return
    }
    const hits = courses.filter((c) => sought.every((word) => c.text.includes(word)) &&
      facets.every(([name], i) => only[name] === '' || c.of[i].includes(Number(only[name]))))
    list.replaceChildren(...hits.slice(0, most).map(item))
    tick()
    compare.hidden = hits.length < 2 && chosen.length < 2
    found.replaceChildren(make('p', { textContent: hits.length === 0 ? 'No course for this search. Try fewer words.'
      : (hits.length === 1 ? '1 course' : hits.length + ' courses') + ' for this search' + (hits.length > most ? `, of which these are the first ${most}.` : '.') }))
  }

  const use = async () => {
    await load()
    if (courses) show()
  }

  search.hidden = false
  search.addEventListener('focusin', load, { once: true })
  folded.addEventListener('toggle', load) // Safari does not focus what opens it
  search.addEventListener('input', use)
  again.addEventListener('click', () => {
    words.value = ''
    words.focus() // the button disappears
    for (const select of search.querySelectorAll('select')) select.value = ''
    use()
  })

  const before = asked()
  if (before.has('q') || facets.some(([name]) => before.has(name))) {
    words.value = before.get('q') ?? ''
    load().then(() => {
      for (const [name] of facets) {
        const select = document.getElementById('find-' + name)
        if (!select || !before.has(name)) continue
        select.value = before.get(name)
        folded.open = true
      }
      if (courses) show()
    })
  }
}

const search = document.querySelector('.hub-find')
if (search) find(search)
