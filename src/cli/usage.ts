/* How a command is used: said to whoever asks, and to whoever types what it does not understand. */

/** Says it to whoever asks for nothing else; true where that was done, and the command is through. */
export function helped(args: readonly string[], usage: string): boolean {
  if (!args.some((arg) => arg === "--help" || arg === "-h")) return false
  process.stdout.write(`${usage.trimEnd()}\n`)
  return true
}

/** What `parseArgs` understood. Whoever typed something else reads what it was and how the command is used, and it ends with 64. */
export function understood<T>(read: () => T, usage: string): T {
  try {
    return read()
  } catch (thrown) {
    if (!isMistyped(thrown)) throw thrown
    process.stderr.write(`${thrown.message}\n${usage.trimEnd()}\n`)
    process.exit(64)
  }
}

export function isMistyped(thrown: unknown): thrown is Error {
  return thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("ERR_PARSE_ARGS_")
}
