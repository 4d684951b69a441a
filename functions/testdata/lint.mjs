// Prints what AWS's linter finds in the given templates, one finding on a line, without remarks that
// are only information.
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate'

const engine = new CelEngine()
for (const file of process.argv.slice(2)) {
  for (const d of engine.validateStandard(new TemplateFile(file)).diagnostics) {
    if (d.severity !== 'INFO') console.log(`${d.ruleId} ${d.entity?.logicalId}: ${d.message}`)
  }
}
console.log('done')
