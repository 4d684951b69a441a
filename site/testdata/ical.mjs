// Reads a calendar with ical.js, an independent implementation, and prints its content as JSON.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const ICAL = createRequire(import.meta.url)('../../node_modules/ical.js/dist/ical.es5.cjs')
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component)
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue('status') ?? '',
    summary: event.summary,
    description: event.description,
    url: component.getFirstPropertyValue('url'),
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
    stamp: component.getFirstPropertyValue('dtstamp').toJSDate().toISOString(),
    modified: component.getFirstPropertyValue('last-modified')?.toJSDate().toISOString() ?? '',
  }
})
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue('name'), events }))
