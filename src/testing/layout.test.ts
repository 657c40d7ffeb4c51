import { expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { newPage } from "./browser.ts"
import { type Demand, faults } from "./layout.ts"

/*
 * Whoever looks for faults must find them: one small page for each kind of fault, and one without any.
 */

const demand: Demand = { target: 44, text: 13 }
const plain =
  "<style>body{margin:0;font:16px sans-serif} a,button{display:block;min-height:44px;min-width:44px} :focus{outline:3px solid}</style>"

let opened: Promise<Page> | null = null

async function found(body: string, asked: Demand = demand): Promise<string> {
  opened ??= newPage()
  const page = await opened
  await page.setContent(`<!doctype html>${plain}${body}`)
  return (await faults(page, asked)).join("\n")
}

test("a page without a fault has none", async () => {
  expect(
    await found("<main style='margin:8px'><p>One line</p><button>Go on</button></main>", { ...demand, focus: true }),
  ).toBe("")
})

test("what is pushed from side to side, cut off, spilt or on top of each other is found", async () => {
  expect(await found("<p style='width:900px'>Wide</p>")).toContain("wider than the screen by 510")
  const cut =
    "<div style='width:60px;overflow:hidden'><p style='width:300px;white-space:nowrap'>A long long line</p></div>"
  expect(await found(cut)).toContain("cut off by div")
  expect(await found("<p style='position:absolute;inset-inline-start:-40px'>Out to the left</p>")).toContain(
    "cut off by the screen",
  )
  const spilt =
    "<div style='background:#eee;width:60px'><p style='width:300px;white-space:nowrap'>A long long line</p></div>"
  expect(await found(spilt)).toMatch(/spills \d+ out of div/)
  const over = "<p style='margin:0'>Some words</p><p style='margin:-18px 0 0'>Other words</p>"
  expect(await found(over)).toContain("letters on letters: p “Some words” and p “Other words”")
  // What moves above the page by itself is no fault.
  const above = "<p style='margin:0'>Some words</p><p style='margin:0;position:fixed;top:0'>Other words</p>"
  expect(await found(above)).toBe("")
  // Nor what is clipped for everybody but a screen reader, with all that stands in it.
  expect(await found("<div style='clip-path:inset(50%)'><p style='font-size:3px'><b>Unseen</b></p></div>")).toBe("")
})

test("what is too small to read or to press is found, and a link in its sentence is not", async () => {
  expect(await found("<p style='font-size:9px'>Small print</p>")).toContain("letters of 9")
  const small = "<button style='min-height:0;min-width:0;height:20px;width:20px'>x</button>"
  expect(await found(small)).toContain("only 20 × 20 to press")
  expect(await found("<p>Read <a href='#' style='display:inline'>more</a> about this.</p>")).toBe("")
  const meeting = "<button>One</button><button style='margin-top:-20px'>Two</button>"
  expect(await found(meeting)).toContain("to press on top of each other: button “One” and button “Two”")
  const half = "<div style='overflow:hidden;height:22px'><button>Go</button></div>"
  expect(await found(half)).toContain("to press, and cut off by div")
})

test("a screen that nobody scrolls must show everything at once", async () => {
  expect(await found("<p style='height:2000px'>High</p>")).toBe("")
  expect(await found("<p style='height:2000px'>High</p>", { ...demand, whole: true })).toContain(
    "higher than the screen",
  )
  const still = "<style>body{overflow-y:hidden}</style><p style='height:2000px'>High</p>"
  expect(await found(still)).toContain("higher than the screen, and nobody can scroll it")
})

test("a focus that cannot be seen is found", async () => {
  const unseen = "<style>button:focus{outline:none}</style><button>Go on</button>"
  expect(await found(unseen, { ...demand, focus: true })).toContain("focus that is not seen: button “Go on”")
  const beneath = "<button>Go on</button><p style='position:fixed;inset:0;background:#fff;margin:0'>Lid</p>"
  expect(await found(beneath, { ...demand, focus: true })).toContain("focus beneath p “Lid”: button “Go on”")
  const cut = "<div style='overflow:hidden;width:max-content'><button>Go on</button></div>"
  expect(await found(cut, { ...demand, focus: true })).toContain("focus cut off by div")
  const head = "<p style='position:fixed;inset:0 0 auto;height:60px;margin:0;background:#fff'>Head</p>"
  const away = `${head}<a href='#there' style='margin-top:80px'>Down</a><p style='height:900px'></p><h2 id='there'>There</h2>`
  const below = `${away}<p style='height:2000px'></p>`
  expect(await found(below, { ...demand, focus: true })).toContain("beneath p “Head”: what a “Down” leads to")
})
