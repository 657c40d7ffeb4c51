import { parseArgs } from "node:util"

/* How a command is used: said to whoever asks, and to whoever types what it does not understand, after what that was. */

/** Somebody typed what a command does not understand: a sentence that says what. */
export class Mistyped extends Error {}

/** Says it to whoever asks for nothing else; true where that was done, and the command is through. */
export function helped(args: readonly string[], usage: string): boolean {
  if (!args.some((arg) => arg === "--help" || arg === "-h")) return false
  process.stdout.write(`${usage.trimEnd()}\n`)
  return true
}

/** What `read` understood. Whoever typed something else reads what it was and how the command is used, and it ends with 64. */
export function understood<T>(read: () => T, usage: string): T {
  try {
    return read()
  } catch (thrown) {
    if (!isMistyped(thrown)) throw thrown
    process.stderr.write(`${whatWasTyped(thrown)}\n${usage.trimEnd()}\n`)
    process.exit(64)
  }
}

/** What a command that takes words and no options was given; `names`: what each of them is, the last ones of which may be left out. */
export function wordsOf(args: string[], names: readonly string[], least = names.length): string[] {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [missing, more] = [names[positionals.length], positionals[names.length]]
  if (positionals.length < least) throw new Mistyped(`There is no ${missing}.`)
  if (more !== undefined) throw new Mistyped(`What is "${more}"?`)
  return positionals
}

export function isMistyped(thrown: unknown): thrown is Error {
  if (thrown instanceof Mistyped) return true
  return thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("ERR_PARSE_ARGS_")
}

/** The sentence alone: the runtime goes on with how one could have typed it all the same. */
export const whatWasTyped = ({ message }: Error): string =>
  message.replace(/(?<=')\. (To specify|This command) .*$/s, ".")
