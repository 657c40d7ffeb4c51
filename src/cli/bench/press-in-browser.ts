import { findChromium } from "../checking/chromium.ts"
import { launch } from "./chromium.ts"
import { firstNumber, office, type Prepared } from "./prepare.ts"

/* A desk and a board in a real browser. */

/** Milliseconds from each press on the desk to the number standing in the board's page; `null` where there is no Chromium. */
export async function pressInBrowser(origin: string, prepared: Prepared, presses: number): Promise<number[] | null> {
  const path = findChromium()
  if (!path) return null
  const browser = await launch(path)
  try {
    const desk = await browser.page()
    await desk.send("Network.setCookie", { url: origin, name: "sid", value: prepared.agent.session })
    await desk.go(`${origin}/desk`)
    const board = await browser.page()
    await board.go(`${origin}/board/${office}?key=${prepared.boards[0]}`)
    for (const page of [desk, board]) await page.until(`document.documentElement.dataset.liveState === "live"`)
    const times: number[] = []
    for (let turn = 0; turn < presses; turn++) {
      await desk.until(`document.querySelector("#do-next")?.disabled === false`)
      const next = await desk.evaluate<number>(nextNumber)
      await board.evaluate(watchFor(next))
      const pressedAt = await desk.evaluate<number>(pressNext)
      times.push((await board.evaluate<number>("window.shownAt")) - pressedAt)
      await desk.until(`document.querySelector("button[value^='serve ']") !== null`)
      await desk.evaluate(`document.querySelector("button[value^='serve ']").click()`)
    }
    return times
  } finally {
    await browser.close()
  }
}

/** People were put there with numbers that nobody else has, and the button names the next. */
const nextNumber = `Number(/${String(firstNumber).slice(0, 3)}\\d+/.exec(document.querySelector("#do-next").textContent)[0])`

const pressNext = `(() => {
  const at = performance.timeOrigin + performance.now()
  document.querySelector("#do-next").click()
  return at
})()`

const watchFor = (number: number) => `void (window.shownAt = new Promise((resolve) => {
  const region = document.querySelector("[data-live]")
  new MutationObserver((_, observer) => {
    if (!region.textContent.includes("${number}")) return
    observer.disconnect()
    resolve(performance.timeOrigin + performance.now())
  }).observe(region, { childList: true, characterData: true, subtree: true })
}))`
