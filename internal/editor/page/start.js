// Starts Decap CMS with config.json and with our own reader and writer of files, so that a save changes only what
// somebody changed.
import { format } from './keep.js'

// This is not an inline script, so that the page's policy can forbid those.
window.CMS_MANUAL_INIT = true
await new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), { src: 'decap-cms.js', onload: resolve, onerror: reject }))
})

const config = await (await fetch('config.json')).json()
const kinds = {}
for (const c of config.collections) {
  kinds[c.name] = { ...c, ...format(c.files ? c.files[0].fields : c.fields) }
  CMS.registerCustomFormat(c.format, c.extension ?? 'yaml', kinds[c.name])
}

const base64 = async (url) => {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
}

// On one's own machine the hub checks a file before it is saved. If it finds a fault, it shows it and stops the save.
if (config.backend.name === 'proxy') {
  CMS.registerEventListener({
    name: 'preSave',
    handler: async ({ entry }) => {
      const kind = kinds[entry.get('collection')]
      const values = entry.get('data').toJS()
      const name = { form: values.course || values.service, letter: `${values._letter}-${values.form}` }[kind.name] ?? values.title
      const path = entry.get('path') || `${kind.folder}/${(name ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}.${kind.extension}`
      const files = [{ path, text: kind.toFile(values) }]
      for (const { path, url } of entry.get('mediaFiles').toJS()) {
        if (url?.startsWith('blob:')) files.push({ path, base64: await base64(url) }) // chosen, and not saved yet
      }
      const answer = await fetch('check', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(files),
      })
      const faults = await answer.text()
      if (faults) throw new Error(faults)
    },
  })
}
CMS.init({ config })
