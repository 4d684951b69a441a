// Draws the same application with pdfkit, for the benchmark:
// node pdfkit.mjs WORDS.json REGULAR.ttf BOLD.ttf COUNT. Prints the median milliseconds for a
// document in this one process, its size in bytes and the process's memory in MB.
import { readFileSync } from 'node:fs'
import PDFDocument from 'pdfkit'

const [words, regular, bold, count] = process.argv.slice(2)
const list = JSON.parse(readFileSync(words))
const fonts = [readFileSync(bold), readFileSync(regular)]
const draw = () =>
  new Promise((resolve) => {
    const doc = new PDFDocument({ size: 'A4', margin: 57, tagged: true, lang: 'en-GB', displayTitle: true, info: { Title: list[0] } })
    let bytes = 0
    doc.on('data', (part) => { bytes += part.length })
    doc.on('end', () => resolve(bytes))
    const root = doc.struct('Document')
    doc.addStructure(root)
    list.forEach((text, i) => {
      root.add(doc.struct('P', () => { doc.font(fonts[i % 2]).fontSize(10).text(text, { lineGap: 4 }) }))
    })
    root.end()
    doc.end()
  })
const times = []
let bytes = 0
for (let i = 0; i < Number(count); i++) {
  const begin = performance.now()
  bytes = await draw()
  times.push(performance.now() - begin)
}
times.sort((a, b) => a - b)
console.log(JSON.stringify({ ms: times[times.length >> 1], bytes, mb: process.memoryUsage.rss() / 1e6 }))
