import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { machineChance } from "./clock.ts"
import { Keys, makeKeyMaterial, sameText, sha256 } from "./seal.ts"

const fixed = (byte: number) => new Uint8Array(32).fill(byte)
const keys = new Keys({ data: fixed(1), index: fixed(2), token: fixed(3) })
const others = new Keys({ data: fixed(4), index: fixed(5), token: fixed(6) })

const noura = keys.makePersonKey("noura", machineChance)
const seal = (text: string) => noura.key.seal("person.number", text, machineChance)
const open = (sealed: string) => noura.key.open("person.number", sealed)

describe("a sealed text", () => {
  test("opens to what was sealed, in any language and of any length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(open(seal(text))).toBe(text)
      }),
    )
    expect(open(seal(""))).toBe("")
    expect(open(seal("1000000008"))).toBe("1000000008")
  })

  test("shows nothing of it and is another each time", () => {
    const [first, second] = [seal("1000000008"), seal("1000000008")]
    expect(first).not.toBe(second)
    expect(first).toMatch(/^v1\.[\w-]+$/)
    expect(Buffer.from(first.slice(3), "base64url").toString("latin1")).not.toContain("1000000008")
  })

  test("does not open with one bit changed, wherever it is", () => {
    const sealed = seal("1000000008")
    const body = Buffer.from(sealed.slice(3), "base64url")
    for (let bit = 0; bit < body.length * 8; bit++) {
      const bent = Buffer.from(body)
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => open(`v1.${bent.toString("base64url")}`)).toThrow()
    }
  })

  test("does not open with one letter changed, added or taken away", () => {
    // Every length has its own number of bits left over in the last letter.
    for (const text of ["", "1", "12", "123"]) {
      const sealed = seal(text)
      for (let place = 0; place < sealed.length; place++) {
        for (const letter of "AQgw_~ =") {
          if (sealed[place] === letter) continue
          expect(() => open(sealed.slice(0, place) + letter + sealed.slice(place + 1))).toThrow()
        }
      }
      for (const wrong of [
        sealed.slice(0, -1),
        `${sealed}A`,
        `${sealed}=`,
        `${sealed} `,
        sealed.slice(3),
        `v2${sealed.slice(2)}`,
      ])
        expect(() => open(wrong)).toThrow()
    }
  })

  test("that is too short to hold nonce and tag is none", () => {
    for (let length = 0; length < 28; length++) {
      expect(() => open(`v1.${Buffer.alloc(length).toString("base64url")}`)).toThrow("not a sealed text")
    }
    expect(() => open("")).toThrow("not a sealed text")
  })

  test("opens in its own place only: not in another column, and not in another person's row", () => {
    const number = seal("1000000008")
    expect(() => noura.key.open("person.mobile", number)).toThrow()
    const salem = keys.makePersonKey("salem", machineChance)
    expect(() => salem.key.open("person.number", number)).toThrow()
    expect(() => keys.personKey("salem", noura.sealed)).toThrow()
  })

  test("opens with the person's key as it was kept, and not under another installation's keys", () => {
    const number = seal("1000000008")
    expect(keys.personKey("noura", noura.sealed).open("person.number", number)).toBe("1000000008")
    const same = new Keys({ data: fixed(1), index: fixed(9), token: fixed(9) })
    expect(same.personKey("noura", noura.sealed).open("person.number", number)).toBe("1000000008")
    expect(() => others.personKey("noura", noura.sealed)).toThrow()
  })
})

describe("a sealed file", () => {
  const visit = keys.makeVisitKey("visit", machineChance)
  const bytes = new Uint8Array([0, 1, 2, 250, 251, 252])
  const sealedFile = visit.key.seal("recording:1:0", bytes, machineChance)

  test("opens to what was sealed, with the key as it was kept", () => {
    expect(new Uint8Array(keys.visitKey("visit", visit.sealed).open("recording:1:0", sealedFile))).toEqual(bytes)
  })

  test("does not open with one bit changed, cut short, in another place, for another visit or under other keys", () => {
    for (let bit = 0; bit < sealedFile.length * 8; bit++) {
      const bent = Uint8Array.from(sealedFile)
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => visit.key.open("recording:1:0", bent)).toThrow()
    }
    for (let length = 0; length < sealedFile.length; length++) {
      expect(() => visit.key.open("recording:1:0", sealedFile.subarray(0, length))).toThrow()
    }
    expect(() => visit.key.open("recording:1:1", sealedFile)).toThrow()
    expect(() => keys.makeVisitKey("visit", machineChance).key.open("recording:1:0", sealedFile)).toThrow()
    expect(() => keys.visitKey("another", visit.sealed)).toThrow()
    expect(() => others.visitKey("visit", visit.sealed)).toThrow()
  })
})

describe("what the house signs", () => {
  test("is checked with its public key by anybody, and by no other key or text", async () => {
    const signature = keys.sign("issued")
    const key = await crypto.subtle.importKey("jwk", keys.publicKey(), "Ed25519", true, ["verify"])
    const isGood = (text: string) =>
      crypto.subtle.verify("Ed25519", key, Buffer.from(signature, "base64url"), Buffer.from(text))
    expect(await isGood("issued")).toBe(true)
    expect(await isGood("issued.")).toBe(false)
    expect(keys.isSignature("issued", signature)).toBe(true)
    expect(keys.isSignature("other", signature)).toBe(false)
    expect(others.isSignature("issued", signature)).toBe(false)
    expect(keys.isSignature("issued", "")).toBe(false)
  })

  test("is signed by the same key after a restart, and by another in another installation", () => {
    const same = new Keys({ data: fixed(9), index: fixed(9), token: fixed(3) })
    expect(same.publicKey()).toEqual(keys.publicKey())
    expect(others.publicKey()).not.toEqual(keys.publicKey())
  })
})

describe("the value that a number is looked up by", () => {
  test("is the same today and after a restart", () => {
    expect(keys.index("number", "1000000008")).toBe("zycekVY0a-TNVgZtB0foyYZpop0UIwwkA_axpNmUr7U")
    expect(keys.index("number", "1000000008")).toBe(
      new Keys({ data: fixed(9), index: fixed(2), token: fixed(9) }).index("number", "1000000008"),
    )
  })

  test("differs by number, by kind and by key, and does not show the number", () => {
    const values = [
      keys.index("number", "1000000008"),
      keys.index("number", "1000000016"),
      keys.index("mobile", "1000000008"),
      keys.index("holder", "1000000008"),
      others.index("number", "1000000008"),
    ]
    expect(new Set(values).size).toBe(values.length)
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
  })
})

describe("a capability", () => {
  test("is good for its kind and its thing, and for nothing else", () => {
    const link = keys.capability("ticket", "T1")
    expect(link).toMatch(/^[\w-]{32}$/)
    expect(keys.isCapability("ticket", "T1", link)).toBe(true)
    expect(keys.isCapability("ticket", "T2", link)).toBe(false)
    expect(keys.isCapability("booking", "T1", link)).toBe(false)
    expect(others.isCapability("ticket", "T1", link)).toBe(false)
  })

  test("cannot be shortened by who brings it: fewer letters would be fewer to guess", () => {
    const link = keys.capability("ticket", "T1")
    for (const length of [0, 1, 6, 8, 24, 31]) {
      expect(keys.isCapability("ticket", "T1", link.slice(0, length))).toBe(false)
    }
    expect(keys.isCapability("ticket", "T1", keys.capability("ticket", "T1", 43))).toBe(false)
    expect(keys.isCapability("ticket", "T1", `${link}A`)).toBe(false)
  })

  test("of a hall's eight letters is asked for with its length", () => {
    const shown = keys.capability("hall", "RUH.1", 8)
    expect(shown).toHaveLength(8)
    expect(keys.isCapability("hall", "RUH.1", shown, 8)).toBe(true)
    expect(keys.isCapability("hall", "RUH.1", shown)).toBe(false)
  })

  test("is never so short that it can be guessed, nor longer than there is", () => {
    for (const length of [0, 5, 44]) expect(() => keys.capability("hall", "RUH.1", length)).toThrow(RangeError)
  })
})

describe("an installation's keys", () => {
  test("have 32 bytes each, or the program does not start", () => {
    const { data, index, token } = makeKeyMaterial(machineChance)
    expect([data, index, token].map(({ length }) => length)).toEqual([32, 32, 32])
    expect(() => new Keys({ data: data.slice(1), index, token })).toThrow('the key "data" must have 32 bytes')
    expect(() => new Keys({ data, index, token: new Uint8Array(0) })).toThrow('"token"')
  })

  test("do not come out when their holder is written into a log", () => {
    const shown = `${Bun.inspect(keys, { depth: 9 })}${JSON.stringify(keys)}`
    expect(shown).not.toContain("1, 1, 1")
    expect(Bun.inspect(noura.key, { depth: 9 })).not.toMatch(/\d, \d|noura/)
    expect(shown).not.toContain(Buffer.from(fixed(1)).toString("base64"))
  })
})

test("texts are the same only where every letter is, in any language", () => {
  expect(sameText("", "")).toBe(true)
  expect(sameText("موعد", "موعد")).toBe(true)
  for (const [left, right] of [
    ["a", "b"],
    ["a", "aa"],
    ["", "a"],
    ["é", "e\u0301"],
  ] as const)
    expect(sameText(left, right)).toBe(false)
})

test("a digest is SHA-256 as base64url", () => {
  // FIPS 180-2, appendix B.1: "abc".
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  expect(sha256("abc")).toBe(Buffer.from(known, "hex").toString("base64url"))
})
