// Runs the function at CloudFront's edge for each address in the arguments, and prints where that
// leads.
import { readFileSync } from 'node:fs'

const handler = new Function(`${readFileSync(0, 'utf8')}; return handler`)()
for (const uri of process.argv.slice(2)) {
  const r = handler({ request: { uri } })
  console.log(uri, r.statusCode ?? 'shows', r.statusCode ? r.headers.location.value : r.uri)
}
