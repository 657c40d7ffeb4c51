/** The client's side of a bench: does what it is told, one thing after the other, and answers what came of it. */
export function beTold(tasks: Record<string, (message: never) => Promise<object>>): void {
  process.on("message", (message: { do: string }) => {
    const task = tasks[message.do]
    const done = task ? task(message as never) : Promise.reject(new Error(`there is no task ${message.do}`))
    done.then(
      (answer) => process.send?.(answer),
      (cause: unknown) => process.send?.({ failed: cause instanceof Error ? cause.message : String(cause) }),
    )
  })
  // Whoever told it is gone: then it goes too.
  process.on("disconnect", () => process.exit(0))
}
