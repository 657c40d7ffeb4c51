import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/*
 *   bun src/cli/sounds.ts
 *
 * Makes the spoken clips of public/sounds from espeak-ng, sox and ffmpeg (Debian packages of those names). A tool for whoever changes the
 * wording: an installation only plays the files, and may lay human recordings of the same names over them.
 */

const folder = join(import.meta.dir, "..", "..", "public", "sounds")

/** Arabic without vowel marks: the synthesiser reads it better so. Digits are said one by one, in whatever language. */
const words = {
  ar: { voice: "ar", speed: 125, ticket: "رقم", counter: "شباك" },
  en: { voice: "en-gb", speed: 140, ticket: "Number", counter: "counter" },
} as const

const countersMax = 40

async function main(): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), "dawr-sounds-"))
  for (const [lang, { voice, speed, ticket, counter }] of Object.entries(words)) {
    mkdirSync(join(folder, lang), { recursive: true })
    const texts = new Map<string, string>([
      ["ticket", ticket],
      ["counter", counter],
    ])
    for (let number = 0; number <= countersMax; number++) texts.set(String(number), String(number))
    for (const [name, text] of texts) {
      const [spoken, trimmed] = [join(aside, "spoken.wav"), join(aside, "trimmed.wav")]
      await run("espeak-ng", "-v", voice, "-s", String(speed), "-p", "42", "-w", spoken, text)
      const ends = ["silence", "1", "0.01", "0.4%"]
      await run("sox", spoken, trimmed, ...ends, "reverse", ...ends, "reverse", "norm", "-3", "pad", "0", "0.07")
      await run("ffmpeg", ...encoding(trimmed, join(folder, lang, `${name}.mp3`)))
    }
  }
  await chime(aside)
  rmSync(aside, { recursive: true })
}

/** Two soft tones, the second a third lower: heard over talk without startling anybody. */
async function chime(aside: string): Promise<void> {
  const tones = [659.3, 523.3].map((pitch, index) => ({ pitch, file: join(aside, `tone${index}.wav`) }))
  for (const { pitch, file } of tones) {
    await run(
      "sox",
      "-n",
      "-r",
      "22050",
      "-c",
      "1",
      file,
      "synth",
      "0.9",
      "sine",
      String(pitch),
      "fade",
      "q",
      "0.01",
      "0.9",
      "0.75",
      "norm",
      "-5",
    )
  }
  const [first, second] = tones.map(({ file }) => file)
  const both = join(aside, "chime.wav")
  await run("sox", "-m", first ?? "", `|sox ${second} -p pad 0.38`, both, "reverb", "25", "norm", "-3")
  await run("ffmpeg", ...encoding(both, join(folder, "chime.mp3")))
}

function encoding(from: string, to: string): string[] {
  return ["-y", "-loglevel", "error", "-i", from, "-ac", "1", "-ar", "22050", "-b:a", "32k", "-map_metadata", "-1", to]
}

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stderr: "pipe", stdout: "ignore" })
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${await new Response(child.stderr).text()}`)
}

await main()
