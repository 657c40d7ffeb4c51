/*
 * Speech as text. The only provider is the browser, and only where it writes down the own speech on this very device (Web Speech API,
 * `processLocally`): what is said in a visit goes to nobody else to be written down. Where there is none the room says so.
 */

/** What hears the own microphone and hands on what it has understood, sentence by sentence. */
export interface Ears {
  start(): void
  stop(): void
}

interface Recognition extends EventTarget {
  lang: string
  continuous: boolean
  interimResults: boolean
  processLocally: boolean
  start(): void
  stop(): void
}

interface Provider {
  new (): Recognition
  available?(asked: { langs: string[]; processLocally: boolean }): Promise<string>
}

/** `null` where the browser has no such thing for the language of the page, or would have it done elsewhere. */
export async function ownEars(heard: (text: string) => void): Promise<Ears | null> {
  const Own = (window as unknown as { SpeechRecognition?: Provider }).SpeechRecognition
  const lang = document.documentElement.lang === "en" ? "en-US" : "ar-SA"
  const found = await Own?.available?.({ langs: [lang], processLocally: true }).catch(() => "unavailable")
  if (!Own || found !== "available") return null
  const recognition = new Own()
  Object.assign(recognition, { lang, continuous: true, interimResults: false, processLocally: true })
  let isWanted = false
  recognition.addEventListener("result", (event) => {
    const { results, resultIndex } = event as unknown as { results: Results; resultIndex: number }
    for (let at = resultIndex; at < results.length; at++) {
      const text = results[at]?.isFinal ? results[at]?.[0]?.transcript.trim() : ""
      if (text) heard(text)
    }
  })
  // It ends by itself after a silence.
  recognition.addEventListener("end", () => isWanted && recognition.start())
  recognition.addEventListener("error", (event) => {
    if ((event as unknown as { error: string }).error !== "no-speech") isWanted = false
  })
  return {
    start() {
      isWanted = true
      recognition.start()
    },
    stop() {
      isWanted = false
      recognition.stop()
    },
  }
}

type Results = ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>
