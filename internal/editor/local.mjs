// Serves the page for editing in a browser on this machine: "npm run edit". Each save is a commit on the branch of the
// working copy. docs/editor.md says more.
//
//   node internal/editor/local.mjs [CONTENT]
//
// Decap CMS and its server for a local git repository come from npm, into WORK (default: a folder of the user's cache), not
// into the project: nothing that we ship needs them. PORT is the page's (8082), the next one that
// server's. AS_OF is the day for the hub's checks.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'

const content = path.resolve(process.argv[2] ?? 'content')
const work = process.env.WORK ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'hub-editor')
const port = Number(process.env.PORT ?? 8082)
const root = path.resolve(import.meta.dirname, '../..')
const hub = path.join(work, 'hub')
const page = path.join(work, 'page')
const run = (program, args, options) => execFileSync(program, args, { encoding: 'utf8', ...options }).trim()
const stop = (why) => { console.error('edit: ' + why); process.exit(1) }

const top = run('git', ['-C', content, 'rev-parse', '--show-toplevel'])
const branch = run('git', ['-C', content, 'branch', '--show-current']) || stop('no branch is checked out')
// The server commits everything that it finds, so there must be nothing else.
if (run('git', ['-C', top, 'status', '--porcelain'])) stop('commit or put away first what "git status" shows')

fs.mkdirSync(work, { recursive: true })
const yaml = path.join(root, 'node_modules/yaml/browser/dist') // which the tests need, too
if (!fs.existsSync(yaml)) stop('run "npm ci" in the folder of the hub first')
const decap = path.join(work, 'decap-cms@3.16.3')
if (!fs.existsSync(decap)) {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', work, path.basename(decap)]))
  fs.mkdirSync(decap + '.part', { recursive: true })
  run('tar', ['-xzf', path.join(work, filename), '-C', decap + '.part', '--strip-components=1', '--exclude=*.map'])
  fs.rmSync(path.join(work, filename))
  fs.renameSync(decap + '.part', decap)
}
const server = path.join(work, 'node_modules/decap-server/dist/index.js')
if (!fs.existsSync(server)) {
  fs.writeFileSync(path.join(work, 'package.json'), '{"private": true}\n')
  run('npm', ['install', '--prefix', work, '--no-audit', '--no-fund', '--save-exact', 'decap-server@3.11.3'])
}
run('go', ['build', '-o', hub, './cmd/hub'], { cwd: root })
run(hub, ['editor', '--content', content, '--branch', branch, '--editor-server', `http://localhost:${port + 1}/api/v1`, page])
fs.copyFileSync(path.join(decap, 'dist/decap-cms.js'), path.join(page, 'decap-cms.js'))
fs.cpSync(yaml, path.join(page, 'yaml'), { recursive: true })

const git = spawn(process.execPath, [server], {
  cwd: work,
  env: { ...process.env, MODE: 'git', GIT_REPO_DIRECTORY: top, PORT: String(port + 1), BIND_HOST: 'localhost',
    ORIGIN: `http://localhost:${port}` },
  stdio: ['ignore', 'ignore', 'inherit'],
})
git.on('exit', () => stop('decap-server has stopped: is its port taken?'))
process.on('exit', () => git.kill())
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

// errors returns what the hub finds wrong with a folder of content.
function errors(folder) {
  const args = ['check', '--format', 'json', '--content', folder, ...(process.env.AS_OF ? ['--as-of', process.env.AS_OF] : [])]
  let said
  try {
    said = run(hub, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (e) {
    said = e.stdout // there are errors
  }
  return JSON.parse(said).filter((f) => f.level === 'error').map((f) => `${[f.path, f.line].filter(Boolean).join(':')}: ${f.what} (${f.do})`)
}

// check returns what these files would make wrong with the content that is right now.
function check(files) {
  const copy = fs.mkdtempSync(path.join(work, 'check-'))
  try {
    fs.cpSync(content, copy, { recursive: true })
    const before = errors(copy)
    for (const { path: name, text, base64 } of files) {
      const file = path.join(copy, path.relative(content, path.join(top, name)))
      if (!file.startsWith(copy + path.sep)) return `${name} is not in ${content}`
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, text ?? Buffer.from(base64, 'base64'))
    }
    return errors(copy).filter((e) => !before.includes(e)).join('\n')
  } finally {
    fs.rmSync(copy, { recursive: true })
  }
}

// The page may not use other hosts. Decap CMS compiles its check of the configuration while it runs, which needs eval.
const policy = `default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; ` +
  `connect-src 'self' blob: http://localhost:${port + 1}; frame-ancestors 'none'; base-uri 'none'`
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' }
http.createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/check' && request.headers['content-type'] === 'application/json') {
      let body = ''
      for await (const part of request.setEncoding('utf8')) body += part
      return response.end(check(JSON.parse(body)))
    }
    const name = path.join(page, new URL(request.url, 'http://localhost').pathname.replace(/\/$/, '/index.html'))
    if (!name.startsWith(page + path.sep) || !fs.existsSync(name)) return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': types[path.extname(name)] ?? 'application/octet-stream', 'Cache-Control': 'no-store', 'Content-Security-Policy': policy })
    fs.createReadStream(name).pipe(response)
  } catch (e) {
    response.writeHead(500).end(String(e))
  }
}).listen(port, 'localhost', () => console.log(`http://localhost:${port}/ edits ${content}, branch ${branch}. Stop it with Ctrl+C.`))
