import type { Content } from "../../realtime/protocol.ts"
import { listenTo } from "./listening.ts"

/** The board in the hall, as its socket tells it to programs. */
interface BoardSeen {
  called: { number: number; counter: number }[]
  waiting: Record<string, number>
}

export type Board = Awaited<ReturnType<typeof openBoard>>

/** Hangs up a board in a running office: it tells when people wait, and is a witness of every call. */
export async function openBoard(origin: string, token: string, office: string, signal?: AbortSignal) {
  let waiting: Record<string, number> = {}
  /** When each number was first seen there, and when its agent had pressed "next". */
  const seen = new Map<number, number>()
  const pressed = new Map<number, number>()
  let isNews = false
  let wakeUp = () => {}

  function look(content: Content): void {
    const board = content as BoardSeen
    waiting = board.waiting
    for (const { number } of board.called) if (!seen.has(number)) seen.set(number, performance.now())
    if (Object.values(waiting).every((count) => count === 0)) return
    isNews = true
    wakeUp()
  }

  const close = await listenTo(origin, token, [`board:${office}`], (_, content) => look(content))
  signal?.addEventListener("abort", () => wakeUp())

  return {
    /** Whether anybody may be called in these lines, as far as the board knows. */
    waitsIn: (lines: readonly string[]) => lines.some((line) => (waiting[line] ?? 0) > 0),
    /** Waits so long, or until the board has news of people who wait: then `true`, at once where there has been some. */
    async news(milliseconds: number): Promise<boolean> {
      if (!isNews && milliseconds > 0 && !signal?.aborted) {
        let timer: ReturnType<typeof setTimeout> | undefined
        await new Promise<void>((resolve) => {
          wakeUp = resolve
          timer = setTimeout(resolve, milliseconds)
        })
        clearTimeout(timer)
        wakeUp = () => {}
      }
      const was = isNews
      isNews = false
      return was
    },
    /** An agent pressed "next" then, and this number was called. */
    called(number: number, at: number) {
      pressed.set(number, at)
    },
    /** How the calls came to be seen, in a sentence. */
    witness(): string {
      const delays = [...pressed].flatMap(([number, at]) => {
        const shown = seen.get(number)
        return shown === undefined ? [] : [Math.max(0, shown - at)]
      })
      const slowest = delays.length > 0 ? `, the slowest ${Math.round(Math.max(...delays))} ms after "next"` : ""
      return `calls that the board showed over its socket: ${delays.length} of ${pressed.size}${slowest}`
    },
    close,
  }
}
