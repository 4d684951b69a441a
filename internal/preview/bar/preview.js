// Shows each save in the open page. Only hub serve --watch serves this.

const bar = () => document.getElementById('hub-preview')

// plain returns a line of an editor's file without its Markdown: the longest piece that is in the
// page unchanged.
function plain(line) {
  return line
    .replace(/\]\([^)]*\)/g, ']')
    .split(/\{\{[^}]*\}\}|[[\]*_#>|`"]|^- |^[a-z_]+: /)
    .map(part => part.trim())
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}

// notes puts each problem of this page's file above the text that it is about, if it finds that.
function notes() {
  document.querySelectorAll('.hub-preview-note').forEach(note => note.remove())
  const places = [...document.querySelectorAll('main :is(h1, h2, h3, h4, p, li, td, dd, dt, label, legend)')]
  for (const problem of document.querySelectorAll('#hub-preview [data-here]')) {
    const words = plain(problem.dataset.here)
    if (words.length < 4) continue
    const place = places.findLast(place => place.textContent.replace(/\s+/g, ' ').includes(words))
    if (!place) continue
    const note = document.createElement('span')
    note.className = 'hub-preview-note ' + problem.className
    note.textContent = problem.querySelector('.hub-preview-what').textContent
    place.prepend(note)
  }
}

// same reports whether two pages differ only in their main part and the bar. It compares words and
// addresses, because scripts have added attributes to the open page.
function same(a, b) {
  const rest = page => [
    ...[...page.querySelectorAll('head :is(link[rel=stylesheet], script[src])')].map(asset => asset.getAttribute('href') ?? asset.getAttribute('src')),
    ...[...page.querySelectorAll('body > :not(main, #hub-preview, :has(main))')].map(part => part.textContent.replace(/\s+/g, ' ')),
    ...[...page.querySelectorAll('body > :not(main, #hub-preview) a')].filter(link => !link.closest('main')).map(link => link.getAttribute('href')),
  ].join('\n')
  return rest(a) === rest(b)
}

let latest
async function show(build) {
  if (build === latest) return
  latest = build
  const answer = await fetch(location.href, { cache: 'no-store' })
  const text = await answer.text()
  if (build !== latest) return // there was another save meanwhile
  const next = new DOMParser().parseFromString(text, 'text/html')
  if (!answer.ok || !next.getElementById('hub-preview') || !same(document, next)) {
    location.reload()
    return
  }
  document.title = next.title
  document.querySelector('main').replaceWith(next.querySelector('main'))
  bar().replaceWith(next.getElementById('hub-preview'))
  notes()
}

// listen hears of saves only while the page is visible. A browser keeps 6 connections to a host, so
// with as many tabs open no other page would load. A page that becomes visible again hears at once.
let events
function listen() {
  events?.close()
  if (document.hidden) return
  events = new EventSource('/preview/events')
  events.addEventListener('message', event => show(JSON.parse(event.data).build))
}

latest = bar().dataset.build
notes()
listen()
document.addEventListener('visibilitychange', listen)
