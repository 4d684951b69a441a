// Runs the function at CloudFront's edge on each answer that is given as JSON, and prints the result.
import { readFileSync } from 'node:fs'

const handler = new Function(`${readFileSync(0, 'utf8')}; return handler`)()
for (const response of process.argv.slice(2)) {
  console.log(JSON.stringify(handler({ response: JSON.parse(response) })))
}
