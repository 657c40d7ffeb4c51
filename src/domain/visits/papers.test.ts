import { describe, expect, test } from "bun:test"
import { readLog } from "../../../db/schema/privacy.ts"
import { jpeg } from "../../testing/checks.ts"
import { granted, refusal, refusedWith } from "../../testing/office.ts"
import { videoHall } from "../../testing/video.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { erase } from "../people/erasure.ts"
import { ownData } from "../people/own-data.ts"
import { end, hold, resume } from "./calls.ts"
import { cleanName, keepPaper, openPaper, paperComes, paperLimits, papersOf, typeOf } from "./papers.ts"

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
const pdf = bytesOf("%PDF-1.7 ...")

test("what a file is, its first bytes say and nothing else", () => {
  expect(typeOf(pdf)).toBe("application/pdf")
  expect(typeOf(jpeg)).toBe("image/jpeg")
  expect(typeOf(bytesOf("\x89PNG\r\n\x1a\n...."))).toBe("image/png")
  expect(typeOf(bytesOf("RIFF\x10\0\0\0WEBPVP8 "))).toBe("image/webp")
  for (const other of ["", "GIF89a", "<html>", "MZ", "RIFF\x10\0\0\0WAVEfmt ", " %PDF-1.7", "PK\x03\x04"]) {
    expect(typeOf(bytesOf(other))).toBeNull()
  }
})

test("a name is cleaned of folders, of what turns or hides letters, and ends as its type does", () => {
  expect(cleanName("عقد الإيجار.pdf", "application/pdf")).toBe("عقد الإيجار.pdf")
  expect(cleanName("../../etc/passwd", "application/pdf")).toBe("passwd.pdf")
  expect(cleanName("C:\\new\\scan.exe", "image/png")).toBe("scan.png")
  expect(cleanName("invoice\u202egnp.exe", "image/png")).toBe("invoicegnp.png")
  expect(cleanName('a"\r\nb.pdf', "application/pdf")).toBe("ab.pdf")
  expect(cleanName("..", "application/pdf")).toBe("file.pdf")
  expect(cleanName("", "image/jpeg")).toBe("file.jpg")
  expect([...cleanName("ط".repeat(500), "application/pdf")].length).toBeLessThanOrEqual(paperLimits.nameLength)
})

async function giving() {
  const hall = await videoHall()
  const who = hall.citizen(1)
  const { write, keys, store } = hall
  const give = async (by: Citizen | Staff, id: string, name = "scan.pdf", bytes = pdf) => {
    const coming = await write((tx) => paperComes(tx, keys, by, id, bytes))
    const kept = { id: coming.id, type: coming.type, name, sha256: "hash", bytes: bytes.length }
    await write((tx) => keepPaper(tx, keys, by, id, kept))
    return coming.id
  }
  const open = (by: Citizen | Staff, id: string, file: string) =>
    write((tx) => openPaper(tx, keys, by, id, file, hall.clock.real()))
  return { hall, who, write, keys, store, give, open }
}

describe("a file", () => {
  test("goes both ways, and each side sees it under its name, which lies sealed", async () => {
    const { hall, who, give, open, keys, store } = await giving()
    const { row } = await hall.video.inCall(who)
    const [theirs, ours] = [await give(who, row.id, "عقد.pdf"), await give(hall.agent(), row.id, "نموذج.pdf")]
    expect((await papersOf(store, keys, row)).map(({ name, senderKind }) => [name, senderKind])).toEqual([
      ["عقد.pdf", "citizen"],
      ["نموذج.pdf", "staff"],
    ])
    expect((await open(hall.agent(), row.id, theirs)).name).toBe("عقد.pdf")
    expect((await open(who, row.id, ours)).name).toBe("نموذج.pdf")
    const kept = JSON.stringify(store.connection.raw.query("SELECT * FROM visit_file").all())
    expect(kept + JSON.stringify(await hall.facts("file.given"))).not.toContain("عقد")
    // Staff who open are written down; the person is not.
    const looks = (await store.db.select().from(readLog)).filter(({ what }) => what === "file")
    expect(looks).toMatchObject([{ staff: hall.agent().id, person: who.id }])
  })

  test("may be given from the waiting room on, and is none of staff who do not have the visit in hand", async () => {
    const { hall, who, give, open } = await giving()
    const { row } = await hall.video.walkIn(who)
    const file = await give(who, row.id)
    expect((await refusal(give(hall.agent(), row.id))).code).toBe("not_your_counter")
    expect((await refusal(open(hall.agent(), row.id, file))).code).toBe("not_your_counter")
    expect((await refusal(give(hall.citizen(2), row.id))).code).toBe("not_found")
    expect((await refusal(open(hall.citizen(2), row.id, file))).code).toBe("not_found")
    await open(hall.supervisor(), row.id, file)
  })

  test("neither goes nor comes while the person is held, and when the visit is over nobody adds one", async () => {
    const { hall, who, give, open, write } = await giving()
    const { row } = await hall.video.inCall(who)
    const file = await give(who, row.id)
    await write((tx) => hold(tx, hall.agent(), row.id))
    expect((await refusal(give(who, row.id))).details).toEqual({ state: "held" })
    expect((await refusal(open(who, row.id, file))).details).toEqual({ state: "held" })
    await give(hall.agent(), row.id)
    await write((tx) => resume(tx, hall.agent(), row.id))
    expect((await refusal(give(hall.agent(2), row.id))).code).toBe("not_your_counter")
    await write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
    expect((await refusal(give(who, row.id))).code).toBe("wrong_state")
    expect((await refusal(open(hall.agent(), row.id, file))).code).toBe("not_found")
    expect((await open(who, row.id, file)).id).toBe(file)
  })

  test("of another kind, an empty one, and one too big are not taken", async () => {
    const { hall, who, give } = await giving()
    const { row } = await hall.video.walkIn(who)
    expect((await refusal(give(who, row.id, "scan.pdf", bytesOf("<svg>")))).code).toBe("file_unknown")
    expect((await refusal(give(who, row.id, "scan.pdf", bytesOf("")))).code).toBe("invalid_field")
    const big = new Uint8Array(paperLimits.bytes + 1)
    big.set(pdf)
    expect((await refusal(give(who, row.id, "scan.pdf", big))).code).toBe("too_large")
  })

  test("is the tenth at the most of a side, also when they all come at once; the other side has its own ten", async () => {
    const { hall, who, give, write, keys } = await giving()
    const { row } = await hall.video.inCall(who)
    const coming = await Promise.all(
      Array.from({ length: 12 }, () => write((tx) => paperComes(tx, keys, who, row.id, pdf))),
    )
    const given = await Promise.allSettled(
      coming.map(({ id, type }) =>
        write((tx) => keepPaper(tx, keys, who, row.id, { id, type, name: "a.pdf", sha256: "hash", bytes: 9 })),
      ),
    )
    expect([granted(given).length, refusedWith(given)]).toEqual([10, ["limit_reached", "limit_reached"]])
    await give(hall.agent(), row.id)
  })

  test("stands in the own data by name, and goes with its person", async () => {
    const { hall, who, give, write, keys, store } = await giving()
    const { row } = await hall.video.inCall(who)
    await give(who, row.id, "عقد.pdf")
    await write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
    const [own] = (await ownData(store, keys, who.id, hall.clock.office())).videoVisits
    expect(own?.files).toMatchObject([{ name: "عقد.pdf", type: "application/pdf" }])
    await write((tx) => erase(tx, who.id, who.id, hall.clock.real()))
    for (const table of ["visit_file", "visit_key"]) {
      expect(store.connection.raw.query(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 0 })
    }
  })
})
