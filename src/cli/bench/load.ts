/*
 *   load.ts <origin> <connections>   with a key a line on stdin
 *
 * So many clients at once, each booking for the next of the people whose keys it was given. Run as a process of its own.
 */

const [origin = "", connections = "64"] = process.argv.slice(2)
const tokens = (await Bun.stdin.text()).split("\n").filter(Boolean)
const slots = await freeSlots()
let next = 0
let refused = 0

async function client(): Promise<void> {
  while (next < tokens.length) {
    const index = next++
    const answer = await fetch(`${origin}/api/v1/bookings`, {
      method: "POST",
      headers: { Authorization: `Bearer ${tokens[index]}`, "Content-Type": "application/json" },
      body: JSON.stringify({ office: "RUH-RML", service: "PAS-10", slot: slots[index % slots.length] }),
    })
    await answer.arrayBuffer()
    if (answer.status !== 201) refused++
  }
}

async function freeSlots(): Promise<string[]> {
  const answer = await fetch(`${origin}/api/v1/offices/RUH-RML/slots?service=PAS-10&days=7`)
  const { days } = (await answer.json()) as { days: { slots: { id: string; free: number }[] }[] }
  return days
    .flatMap(({ slots }) => slots)
    .filter(({ free }) => free > 0)
    .map(({ id }) => id)
}

const began = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, client))
const seconds = (performance.now() - began) / 1000
process.stdout.write(JSON.stringify({ perSecond: tokens.length / seconds, refused }))
