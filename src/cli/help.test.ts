import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const { scripts } = JSON.parse(readFileSync(join(import.meta.dir, "..", "..", "package.json"), "utf8"))

/** `test` hands its words on to `bun test`. */
const commands = Object.keys(scripts).filter((name) => name !== "test")

const run = async (command: string, ...args: string[]) => {
  const file = command === "start" ? "../main.ts" : `${command}.ts`
  const child = Bun.spawn([process.execPath, join(import.meta.dir, file), ...args], {
    // Nothing is there to be read or changed, should the help be overheard.
    env: { ...process.env, DATA_DIR: join(import.meta.dir, "nowhere"), NODE_ENV: "production" },
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

// Three words are more than any command takes.
const strange = [["--nonsense"], ["one", "two", "three"]]

describe.each(commands)("%s", (name) => {
  const usage = expect.stringContaining(`Usage: npm ${name === "start" ? "start" : `run ${name}`}`)

  test("tells whoever asks for help how it is used, on stdout, and begins nothing", async () => {
    const { code, out, err } = await run(name, "--help")
    expect([code, out.split("\n")[0], err]).toEqual([0, usage, ""])
  })

  test("tells it whoever types what it does not know as well, as a refusal", async () => {
    for (const words of strange) {
      const { code, out, err } = await run(name, ...words)
      expect([words, code, out, err]).toEqual([words, 64, "", usage])
      // What it was comes first.
      expect(err.split("\n")[0]).toMatch(/--nonsense|one|two|three/)
      expect(err).not.toMatch(/^ +at /m)
    }
  })
})
