import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { lookAt } from "../../testing/looking.ts"
import { kinds, noPage, visits } from "../../testing/visits/all.ts"
import { pages } from "../routes.ts"

const { scene, beholder } = await lookAt("offices")

test("a page that would do what its policy forbids is heard", async () => {
  const [visit] = visits
  if (!visit) throw new Error("there is nothing to visit")
  const { page, eyes } = await beholder.visit(visit, "en")
  await page.evaluate(() => {
    const image = document.createElement("img")
    image.src = "https://elsewhere.example/picture.png"
    document.body.append(image)
  })
  while (eyes.troubles.length === 0) await page.waitForEvent("console")
  expect(eyes.troubles.join()).toContain("Content Security Policy")
})

test("a page of which a part is missing is heard", async () => {
  const [visit] = visits
  if (!visit) throw new Error("there is nothing to visit")
  const { page, eyes } = await beholder.visit(visit, "en")
  const answered = page.waitForResponse((response) => response.url().endsWith("/nothing.png"))
  await page.evaluate(() => {
    const image = document.createElement("img")
    image.src = "/nothing.png"
    document.body.append(image)
  })
  await answered
  expect(eyes.troubles).toEqual(["404 for /nothing.png"])
})

test("every page of the house is visited", () => {
  for (const kind of Object.keys(kinds)) {
    expect(readFileSync(join(import.meta.dir, `${kind}.test.ts`), "utf8")).toContain(`await lookAt("${kind}")`)
  }
  const visited = new Set([...visits, ...noPage].map(({ route }) => route))
  const readable = pages.filter(({ method }) => method === "GET").map(({ path }) => path)
  expect(readable.filter((path) => !visited.has(path))).toEqual([])
  expect([...visited].filter((route) => route !== null && !readable.includes(route))).toEqual([])
})

for (const { route, who, path, gives } of noPage) {
  test(`${route} is nothing to look at: it gives ${gives}`, async () => {
    const answer = await beholder.ask(who, path(scene))
    expect(answer.headers.get("Location") ?? answer.headers.get("Content-Type")).toContain(gives)
  })
}
