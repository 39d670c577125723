// A client that the suite tells what to do, to start from: put your own client into chat().
//   parley test client --drive 'node client.mjs COMMAND...'         the suite starts this once and sends lines
//   node client.mjs --wait http://127.0.0.1:7445/next COMMAND...     this asks `parley test client --wait` instead
// COMMAND is a client of the form `chat {url} --pack {pack} --say {prompt}`, which chat() starts as an example of a client.
// A word of it with {receipt} is left out unless the client is to ask for a signed receipt.
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

// One conversation: the model's words, { rej: 'why it refused' } or { uns: 'why it can not' }.
function chat({ url, pack, prompt, receipt }, command) {
  const asked = command.filter(word => receipt || !word.includes('{receipt}'))
  const words = asked.map(word => word.replace('{url}', url).replace('{pack}', pack).replace('{prompt}', prompt).replace('{receipt}', 'receipt'))
  const child = spawnSync(words[0], words.slice(1), { encoding: 'utf8' })
  const last = child.stdout.trimEnd().split('\n').pop()
  if (child.status === 0) return { ok: 1, text: last }
  if (child.status === 20) return { uns: 'the client says so' }
  return { rej: last.startsWith('{') ? JSON.parse(last).rej : '' }
}

async function wait(next, command) {
  for (;;) {
    const answer = await fetch(next)
    if (answer.status === 204) return
    const task = await answer.json()
    await fetch(task.done, { method: 'POST', body: JSON.stringify(chat(task, command)) })
  }
}

async function drive(command) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, op, ...task } = JSON.parse(line)
    const end = op === 'cl.chat' ? chat(task, command) : { uns: op }
    process.stdout.write(JSON.stringify({ id, ...end }) + '\n')
  }
}

const [first, ...rest] = process.argv.slice(2)
await (first === '--wait' ? wait(rest[0], rest.slice(1)) : drive([first, ...rest]))
