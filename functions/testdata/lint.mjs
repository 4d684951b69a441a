// Prints what AWS's linter finds in the templates that are named, one finding on a line, without mere remarks.
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate'

const engine = new CelEngine()
for (const file of process.argv.slice(2)) {
  for (const d of engine.validateStandard(new TemplateFile(file)).diagnostics) {
    if (d.severity !== 'INFO') console.log(`${d.ruleId} ${d.entity?.logicalId}: ${d.message}`)
  }
}
console.log('done')
