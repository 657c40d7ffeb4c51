import { expect, test } from "bun:test"
import { join } from "node:path"

const run = async (command: string, ...args: string[]) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, command), ...args], {
    stdout: "pipe",
    stderr: "pipe",
  })
  return { code: await child.exited, said: await new Response(child.stdout).text() }
}

test.each(["bench", "replay", "check", "histories"])(
  "whoever asks %s for help is told how it is used, and nothing is begun",
  async (name) => {
    const { code, said } = await run(`${name}.ts`, "--help")
    expect([code, said.split("\n")[0]]).toEqual([0, expect.stringContaining(`Usage: npm run ${name}`)])
  },
)
