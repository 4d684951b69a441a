// Reads an editor's file into the values of Decap CMS, and writes them back into the text of the file. Only the lines
// that somebody changed are different afterwards. Decap itself would lose all of the editors' notes, which are comments,
// and write every line again. Every value is text, as in the hub: "2021" does not become a number, nor "no" a boolean.
import { isMap, isScalar, isSeq, parseDocument, stringify } from './yaml/index.js'

// source is the key under which an entry carries the text of its file. No file has this key.
const source = '_source'

// format returns a format as Decap needs it, for files with these fields. A file with a field "body" is Markdown below
// a head of YAML.
export function format(fields) {
  const whole = { widget: 'object', fields: fields.filter((f) => f.name !== 'body' && !f.name.startsWith('_')) }
  const markdown = fields.some((f) => f.name === 'body')
  return {
    fromFile(text) {
      const { head, body } = cut(text, markdown)
      const values = read(parse(head).contents, whole) ?? {}
      return { ...values, ...(markdown && { body: body.trim() }), [source]: text }
    },
    toFile(values) {
      const old = values[source] ?? (markdown ? '---\n---\n\n' : '')
      const { head, body, before, between } = cut(old, markdown)
      const wanted = normal(values, whole) ?? {}
      const next = before + apply(head, whole, wanted) + between
      if (!markdown) return next
      const text = (values.body ?? '').trim()
      return next + (text === body.trim() ? body : body.match(/^\n*/)[0] + text + '\n')
    },
  }
}

function cut(text, markdown) {
  const m = markdown && text.match(/^(---\n)((?:[^]*?\n)?)(---\n?)([^]*)$/)
  return m ? { before: m[1], head: m[2], between: m[3], body: m[4] } : { before: '', head: text, between: '', body: '' }
}

// Failsafe YAML has texts, lists and groups, and no other types.
const parse = (text) => parseDocument(text, { schema: 'failsafe' })

// kindOf returns what a field's value is in YAML.
function kindOf(field) {
  if (field.widget === 'object') return 'group'
  if (field.widget === 'list') return field.names ? 'names' : 'list'
  if (field.widget === 'relation' && field.multiple) return 'list'
  return field.widget === 'boolean' ? 'yesno' : 'text'
}

// entryOf returns the field for one entry of a list.
const entryOf = (field) => field.field ?? (field.fields ? { widget: 'object', fields: field.fields } : { widget: 'string' })

// valueOf returns the field for the value of a name. The first field of such an entry is the name itself.
const valueOf = (field) => field.fields[1]

// read returns the value of a node in Decap's form; undefined if there is none.
function read(node, field) {
  switch (kindOf(field)) {
    case 'group': {
      if (!isMap(node)) return undefined
      const all = {}
      for (const f of field.fields) {
        const value = read(pairOf(node, f.name)?.value, f)
        if (value !== undefined) all[f.name] = value
      }
      return all
    }
    case 'names':
      return isMap(node) ? node.items.map((p) => ({ name: p.key.value, value: read(p.value, valueOf(field)) })) : undefined
    case 'list':
      return isSeq(node) ? node.items.map((n) => read(n, entryOf(field))) : undefined
    case 'yesno':
      return isScalar(node) ? ['yes', 'true'].includes(node.value) : undefined
  }
  return isScalar(node) ? String(node.value ?? '').trim() : undefined
}

// normal turns a value of Decap into what is written: without empty parts, and undefined if nothing is left. Names
// become the fields of a group. They are in alphabetical order, since their order means nothing.
function normal(value, field) {
  switch (kindOf(field)) {
    case 'group': {
      const all = {}
      for (const f of field.fields) {
        const v = normal(value?.[f.name], f)
        if (v !== undefined) all[f.name] = v
      }
      return Object.keys(all).length ? all : undefined
    }
    case 'names': {
      const all = {}
      for (const { name, value: v } of (value ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const one = normal(v, valueOf(field))
        if (name && one !== undefined) all[name] = one
      }
      return Object.keys(all).length ? all : undefined
    }
    case 'list': {
      const all = (value ?? []).map((v) => normal(v, entryOf(field))).filter((v) => v !== undefined)
      return all.length ? all : undefined
    }
    case 'yesno':
      return value === undefined || value === null ? undefined : value ? 'yes' : 'no'
  }
  // In a fact, a new line counts as a space.
  return value === undefined || value === null ? undefined : String(value).trim().replace(/\s*\n\s*/g, ' ') || undefined
}

// fieldsOf returns the fields of a group, or of names with this value.
const fieldsOf = (field, value) =>
  kindOf(field) === 'group' ? field.fields : Object.keys(value).map((name) => ({ ...valueOf(field), name }))

const pairOf = (map, key) => map.items.find((p) => p.key.value === key)
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

// apply returns the text of a head with other values. If its lines cannot be kept, everything below the notes at its top
// is written again, so the values are always right.
function apply(head, whole, wanted) {
  const { contents } = parse(head)
  const anew = () => head.match(/^(?:[ \t]*(?:#.*)?\n)*/)[0] + lines(wanted, whole).join('\n') + '\n'
  if (!isMap(contents)) return anew()
  const edits = []
  patch({ text: head, edits }, contents, whole, wanted)
  let text = head
  for (const e of edits.sort((a, b) => b.from - a.from || b.order - a.order)) {
    text = text.slice(0, e.from) + e.text + text.slice(e.to)
  }
  const result = parse(text)
  const fits = !result.errors.length && same(normal(read(result.contents, whole), whole) ?? {}, wanted)
  return fits ? text : anew()
}

function edit(at, from, to, text) {
  at.edits.push({ from, to, text, order: at.edits.length })
}

// patch notes the edits that change the value of a node.
function patch(at, node, field, value, within) {
  if (same(normal(read(node, field), field), value)) return
  const flow = within || node.flow
  const anew = () => edit(at, node.range[0], node.range[1], inFlow(value, field))
  switch (kindOf(field)) {
    case 'group':
    case 'names': {
      const fields = fieldsOf(field, value)
      const gone = node.items.filter((p) => kindOf(field) === 'names' && !(p.key.value in value)).map((p) => p.key.value)
      const changed = fields.some((f) => (f.name in value) !== !!pairOf(node, f.name)) || gone.length
      if (flow && changed) return anew()
      return patchGroup(at, node, fields, gone, value, flow)
    }
    case 'list': {
      const of = entryOf(field)
      if (flow && (kindOf(of) === 'text' || node.items.length !== value.length)) return anew()
      return patchList(at, node, of, value, flow)
    }
  }
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') {
    const pad = at.text.slice(node.range[0], node.range[1]).match(/\n( *)\S/)?.[1] ?? '  '
    return edit(at, node.range[0], node.range[1], '>-\n' + folded(value, 100 - pad.length).map((l) => pad + l + '\n').join(''))
  }
  edit(at, node.range[0], node.range[1], flow ? inFlow(value, field) : scalar(value))
}

function patchGroup(at, map, fields, gone, value, flow) {
  const pad = ' '.repeat(column(at, map.range[0]))
  const opens = column(at, map.range[0]) === indent(at, map.range[0]) // no "- " stands before it
  const first = map.items[0]
  const drops = (p) => p && !(p.key.value in value) && (gone.includes(p.key.value) || fields.some((f) => f.name === p.key.value))
  let last // the pair behind which new ones come
  const early = fields.find((f) => f.name in value || pairOf(map, f.name))
  if (!flow && !opens && (drops(first) || !pairOf(map, early.name))) {
    // The text after "- " changes, so the whole entry is written again.
    const text = entryLines(fields, value).join('\n' + pad) + '\n'
    return edit(at, map.range[0], endOf(at, map), text)
  }
  for (const f of fields) {
    const pair = pairOf(map, f.name)
    if (pair && f.name in value) {
      if (holds(pair.value, f)) patch(at, pair.value, f, value[f.name], flow)
      else edit(at, startOf(at, pair.key), endOf(at, pair), written(pad, f, value[f.name]))
      last = pair
    } else if (pair) {
      edit(at, startOf(at, pair.key), endOf(at, pair), '')
      last = pair
    } else if (f.name in value) {
      const to = last ? endOf(at, last) : startOf(at, first.key)
      edit(at, to, to, (to > 0 && at.text[to - 1] !== '\n' ? '\n' : '') + written(pad, f, value[f.name]))
    }
  }
  for (const name of gone) edit(at, startOf(at, pairOf(map, name).key), endOf(at, pairOf(map, name)), '')
}

// holds reports whether a node can be patched to a field's value, because it is of the same kind.
function holds(node, field) {
  const kind = kindOf(field)
  if (kind === 'list') return isSeq(node) && node.items.length > 0
  return kind === 'group' || kind === 'names' ? isMap(node) && node.items.length > 0 : isScalar(node) && node.value !== ''
}

const written = (pad, field, value) => entryLines([field], { [field.name]: value }).map((l) => pad + l + '\n').join('')

// patchList keeps the equal entries at both ends, and changes, adds or drops those in between.
function patchList(at, seq, of, value, flow) {
  const had = seq.items.map((n) => normal(read(n, of), of))
  let from = 0
  while (from < had.length && from < value.length && same(had[from], value[from])) from++
  let to = 0
  while (to < had.length - from && to < value.length - from && same(had.at(-1 - to), value.at(-1 - to))) to++
  const between = value.slice(from, value.length - to)
  const old = seq.items.slice(from, had.length - to)
  old.forEach((node, i) => {
    if (i >= between.length) edit(at, startOf(at, node), endOf(at, node), '')
    else if (holds(node, of)) patch(at, node, of, between[i], flow)
    else edit(at, node.range[0], node.range[1], inFlow(between[i], of))
  })
  const extra = between.slice(old.length)
  if (!extra.length) return
  const before = seq.items[from + old.length - 1]
  const where = before ? endOf(at, before) : startOf(at, seq.items[0])
  const pad = ' '.repeat(indent(at, seq.items[0].range[0]))
  const text = lines(extra, { widget: 'list', field: of }).map((l) => pad + l + '\n').join('')
  edit(at, where, where, (where > 0 && at.text[where - 1] !== '\n' ? '\n' : '') + text)
}

const lineStart = (at, offset) => at.text.lastIndexOf('\n', offset - 1) + 1
const column = (at, offset) => offset - lineStart(at, offset)
const indent = (at, offset) => at.text.slice(lineStart(at, offset)).match(/^ */)[0].length
const startOf = (at, node) => lineStart(at, node.range[0])

// endOf is the end of the line on which the last value of a pair or node ends. Notes below that line belong to others.
function endOf(at, node) {
  if (node.key) return endOf(at, node.value?.range && node.value.range[1] > node.value.range[0] ? node.value : node.key)
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length) return endOf(at, node.items.at(-1))
  const end = node.range[1]
  if (at.text[end - 1] === '\n') return end
  const line = at.text.indexOf('\n', end)
  return line < 0 ? at.text.length : line + 1
}

// lines returns a value as YAML, for a new place.
function lines(value, field) {
  switch (kindOf(field)) {
    case 'group':
    case 'names':
      return entryLines(fieldsOf(field, value), value)
    case 'list':
      return value.flatMap((v) => lines(v, entryOf(field)).map((l, i) => (i ? '  ' : '- ') + l))
  }
  return [scalar(value)]
}

function entryLines(fields, value) {
  return fields.filter((f) => f.name in value).flatMap((f) => {
    const one = lines(value[f.name], f)
    const key = scalar(f.name)
    return ['text', 'yesno'].includes(kindOf(f)) ? [`${key}: ${one[0]}`] : [`${key}:`, ...one.map((l) => '  ' + l)]
  })
}

// inFlow returns a value in brackets or braces.
function inFlow(value, field) {
  switch (kindOf(field)) {
    case 'group':
    case 'names':
      return '{' + fieldsOf(field, value).filter((f) => f.name in value)
        .map((f) => `${quoted(f.name, true)}: ${inFlow(value[f.name], f)}`).join(', ') + '}'
    case 'list':
      return '[' + value.map((v) => inFlow(v, entryOf(field))).join(', ') + ']'
  }
  return quoted(value, true)
}

const scalar = (text) => quoted(text, false)

// quoted returns a text as YAML, in quotation marks where it needs them. A text that other programs would take for a
// number, say, stays as people write it, except what they would take for null.
function quoted(text, flow) {
  if (/^(?:null|~)$/i.test(text)) return JSON.stringify(text)
  const options = { schema: 'failsafe', lineWidth: 0, flowCollectionPadding: false }
  return flow ? stringify([text], { ...options, collectionStyle: 'flow' }).trim().slice(1, -1) : stringify(text, options).trim()
}

// folded breaks a text between words into lines of at most so many characters.
function folded(text, width) {
  const all = ['']
  for (const word of text.split(/ +/)) {
    if (all.at(-1) && all.at(-1).length + 1 + word.length > width) all.push(word)
    else all[all.length - 1] += (all.at(-1) && ' ') + word
  }
  return all
}
