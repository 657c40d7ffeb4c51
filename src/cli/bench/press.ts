import { type Figure, median, type Part, progress, quantile } from "./figure.ts"
import { agentDoes, counter, openBoards, pressing } from "./hall.ts"
import { inFolder, prepare } from "./prepare.ts"
import { pressInBrowser } from "./press-in-browser.ts"
import { spending, startClient, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  boards: number
  presses: number
  /** Presses in a real browser. */
  inBrowser: number
}

/**
 * Milliseconds from a press of "next" to the text with the number having arrived at the boards: at each of them, and at the last of each
 * press. Beside it the same office with one board. One process presses and holds the boards, so that one clock is read; reading thousands
 * of sockets is part of what it shows. Where there is a Chromium, also from the button on the desk to the text on the board.
 */
export async function press({ disk, boards, presses, inBrowser }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress(`press: one board, then ${boards}`)
    const prepared = await prepare(folder, {
      boards: Math.ceil(boards / 4),
      waiting: 100 + 2 * (presses + 3) + inBrowser + 5,
    })
    const house = await startHouse(prepared)
    const client = startClient("boards.ts")
    try {
      await agentDoes(house, prepared, `/api/v1/counters/${counter}/opening`)
      await openBoards(client, house, prepared.boards, 1)
      await pressing(client, house, prepared, 3)
      const alone = await pressing(client, house, prepared, presses)
      await openBoards(client, house, prepared.boards, boards - 1)
      await pressing(client, house, prepared, 3)
      const spent = spending(house.pid)
      const all = await pressing(client, house, prepared, presses)
      const { waited } = spent(presses)
      const figure = (what: string, values: number[], baseline: number[], share: number): Figure => ({
        ...{ what: `press to text on ${what}, p${share * 100}`, value: quantile(values, share), unit: "ms" },
        baseline: { what: "with one board", value: quantile(baseline, share) },
        ...(waited > 0 ? { waited } : {}),
      })
      const figures = [
        { ...figure(`each of ${boards} boards`, all.each, alone.each, 0.5), aim: { most: 50 } },
        figure(`each of ${boards} boards`, all.each, alone.each, 0.99),
        figure(`the last of ${boards} boards`, all.last, alone.last, 0.5),
      ]
      client.close()
      progress("press: in a browser")
      const seen = await pressInBrowser(house.origin, prepared, inBrowser)
      await house.stop()
      if (!seen) return { figures, notes: ["There is no Chromium here: the press in a real browser is left out."] }
      const baseline = { what: "one board without a browser", value: median(alone.each) }
      figures.push({
        ...{ what: "press on the desk to text on the board, Chromium, p50", value: median(seen), unit: "ms" },
        ...{ baseline, aim: { most: 50 } },
      })
      return { figures }
    } finally {
      client.close()
    }
  })
}
