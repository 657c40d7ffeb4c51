/*
 * What has been recorded and not been received yet, in this browser: it outlives the page. It is somebody's (`owner`, the agent), lies here
 * until the server has it, and no longer than a day.
 */

export interface KeptSegment {
  /** Made here; the server keeps it by the same name. */
  id: string
  owner: string
  visit: string
  /** The participant who is seen and heard. */
  of: string
  what: "camera" | "screen"
  mime: string
  /** The page that records it. */
  page: string
  /** By this machine's clock, as every instant here: the server is told how long ago it was. */
  startedAt: number
  /** The head that the server answered last; `null` until it knows the segment. */
  head: string | null
  /** How many chunks the server has, and how many there are. */
  sent: number
  made: number
  /** Why no further chunk comes; `null` while the page records. */
  ended: string | null
}

export interface KeptChunk {
  segment: string
  seq: number
  /** When the last of it was taken. */
  at: number
  bytes: ArrayBuffer
}

export type Kept = Awaited<ReturnType<typeof openKept>>

const keptFor = 24 * 3_600_000

export async function openKept() {
  const opening = indexedDB.open("dawr-recording", 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("segments", { keyPath: "id" })
    opening.result.createObjectStore("chunks", { keyPath: ["segment", "seq"] })
  }
  const database = await answerOf(opening)

  /** One transaction over both; resolves when it is on the disk, as far as a browser says so. */
  function turn<T>(run: (segments: IDBObjectStore, chunks: IDBObjectStore) => Promise<T>): Promise<T> {
    const transaction = database.transaction(["segments", "chunks"], "readwrite")
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const ran = run(transaction.objectStore("segments"), transaction.objectStore("chunks"))
    transaction.oncomplete = () => ran.then(resolve, reject)
    transaction.onabort = () => reject(transaction.error ?? new Error("not kept"))
    ran.catch(() => {
      try {
        transaction.abort()
      } catch {
        // Over already.
      }
    })
    return promise
  }

  const chunksOf = (segment: string, from = 0) => IDBKeyRange.bound([segment, from], [segment, Number.MAX_SAFE_INTEGER])

  return {
    begin: (segment: KeptSegment) => turn((segments) => answerOf(segments.put(segment))),

    /** Keeps what was taken, as the next chunk of its segment. */
    add: (id: string, bytes: ArrayBuffer, at: number) =>
      turn(async (segments, chunks) => {
        const segment = await read(segments, id)
        if (!segment) return
        const made = segment.made + 1
        await answerOf(chunks.put({ segment: id, seq: made, at, bytes } satisfies KeptChunk))
        await answerOf(segments.put({ ...segment, made }))
      }),

    change: (id: string, to: Partial<KeptSegment>) =>
      turn(async (segments) => {
        const segment = await read(segments, id)
        if (segment) await answerOf(segments.put({ ...segment, ...to }))
      }),

    /** What this one has not sent yet, the oldest first. What nobody has sent for a day is forgotten. */
    of: (owner: string) =>
      turn(async (segments, chunks) => {
        const all = (await answerOf(segments.getAll())) as KeptSegment[]
        for (const { id, startedAt } of all) {
          if (Date.now() - startedAt < keptFor) continue
          await answerOf(segments.delete(id))
          await answerOf(chunks.delete(chunksOf(id)))
        }
        const own = all.filter((one) => one.owner === owner && Date.now() - one.startedAt < keptFor)
        return own.sort((one, other) => one.startedAt - other.startedAt)
      }),

    segment: (id: string) => turn((segments) => read(segments, id)),

    chunk: (segment: string, seq: number) =>
      turn(async (_, chunks) => (await answerOf(chunks.get([segment, seq]))) as KeptChunk | undefined),

    /** The server has everything up to this one. */
    received: (id: string, seq: number, head: string) =>
      turn(async (segments, chunks) => {
        const segment = await read(segments, id)
        if (segment) await answerOf(segments.put({ ...segment, sent: seq, head }))
        await answerOf(chunks.delete(IDBKeyRange.bound([id, 0], [id, seq])))
      }),

    forget: (id: string) =>
      turn(async (segments, chunks) => {
        await answerOf(segments.delete(id))
        await answerOf(chunks.delete(chunksOf(id)))
      }),
  }
}

async function read(segments: IDBObjectStore, id: string): Promise<KeptSegment | undefined> {
  return (await answerOf(segments.get(id))) as KeptSegment | undefined
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
