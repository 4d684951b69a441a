// Fills in a PDF as another program would: node fill.mjs IN.pdf OUT.pdf '{"field": "value", ...}'.
// For a field of boxes the value is the name of one. Whoever shows the file draws the fields, with
// the font that the file names.
import { readFileSync, writeFileSync } from 'node:fs'
import { PDFBool, PDFDocument, PDFName, PDFRadioGroup, PDFCheckBox } from 'pdf-lib'

const [from, to, values] = process.argv.slice(2)
const file = await PDFDocument.load(readFileSync(from), { updateMetadata: false })
const form = file.getForm()
for (const [name, value] of Object.entries(JSON.parse(values))) {
  const field = form.getField(name)
  if (field instanceof PDFRadioGroup) field.select(value)
  else if (field instanceof PDFCheckBox) field.check()
  else field.setText(value)
}
form.acroForm.dict.set(PDFName.of('NeedAppearances'), PDFBool.True)
writeFileSync(to, await file.save({ updateFieldAppearances: false }))
