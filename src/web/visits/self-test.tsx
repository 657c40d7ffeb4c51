import type { Child } from "hono/jsx"
import type { Env } from "../../base/env.ts"
import type { Lang } from "../../i18n/lang.ts"
import { visitWords } from "../../i18n/visits.ts"
import { Icon, type IconName } from "../shell/icons.tsx"

/**
 * The test of camera, microphone, loudspeaker and connection; the browser does it (`src/client/visit/selftest.ts`). `keepAt` is where the
 * results go; without it they wait in the browser until somebody joins. `turn`: the relay, of which the page gets the addresses alone.
 */
export function SelfTest({ lang, keepAt, turn }: { lang: Lang; keepAt: string | null; turn: Env["turn"] }) {
  const words = visitWords[lang]
  const said = {
    camera: byResult("camera", words),
    microphone: { ...byResult("microphone", words), listening: words.microphoneListening },
    speaker: { ok: words.speakerOk, failed: words.speakerFailed, untested: words.testUntested },
    network: {
      direct: words.networkDirect,
      relay: words.networkRelay,
      blocked: words.networkBlocked,
      none: words.networkNone,
      trying: words.networkTrying,
      untested: words.testUntested,
    },
    asking: words.testAsking,
    again: words.testAgain,
    kept: words.testKept,
    notKept: words.testNotKept,
  }
  return (
    <div
      class="visit-test"
      data-self-test
      data-said={JSON.stringify(said)}
      data-keep={keepAt}
      data-sound="/assets/sounds/chime.mp3"
      data-relays={turn?.urls.join(",")}
    >
      <p class="quiet">
        {words.testLead} {keepAt ? words.testSent : words.testLater}
      </p>
      <noscript>
        <p class="strong">{words.needsScript}</p>
      </noscript>
      <video class="visit-preview" data-preview hidden muted playsinline autoplay aria-label={words.testPreview} />
      <div class="actions">
        <button type="button" class="button button-main" data-test-start>
          {words.testStart}
        </button>
        <button type="button" class="button button-second" data-test-stop hidden>
          {words.testStop}
        </button>
      </div>
      <ul class="visit-results">
        <Result of="camera" icon="video" title={words.testCamera} first={words.testUntested} />
        <Result of="microphone" icon="phone" title={words.testMicrophone} first={words.testUntested}>
          <meter class="visit-level" min={0} max={100} value={0} aria-label={words.testLevel} data-level hidden />
        </Result>
        <Result of="speaker" icon="sound" title={words.testSpeaker} first={words.testUntested}>
          <div class="actions">
            <button type="button" class="button button-second" data-play>
              {words.testPlay}
            </button>
          </div>
          <fieldset class="visit-heard" data-heard hidden>
            <legend>{words.testHeard}</legend>
            <div class="actions">
              <button type="button" class="button button-second" data-heard-yes>
                {words.yes}
              </button>
              <button type="button" class="button button-second" data-heard-no>
                {words.no}
              </button>
            </div>
          </fieldset>
        </Result>
        <Result of="network" icon="globe" title={words.testNetwork} first={words.testUntested} />
      </ul>
      <p class="quiet small" role="status" data-kept />
    </div>
  )
}

type Words = (typeof visitWords)[Lang]

function byResult(of: "camera" | "microphone", words: Words) {
  return {
    ok: words[`${of}Ok`],
    denied: words[`${of}Denied`],
    missing: words[`${of}Missing`],
    busy: words[`${of}Busy`],
    failed: of === "microphone" ? words.microphoneSilent : words.cameraFailed,
    broken: words[`${of}Failed`],
    untested: words.testUntested,
  }
}

interface ResultProps {
  of: "camera" | "microphone" | "speaker" | "network"
  icon: IconName
  title: string
  first: string
  children?: Child
}

function Result({ of, icon, title, first, children }: ResultProps) {
  return (
    <li class="visit-result" data-result={of} data-is="untested">
      <span class="list-icon">
        <Icon name={icon} />
      </span>
      <div class="grow stack">
        <p class="strong">{title}</p>
        <p data-words aria-live="polite">
          {first}
        </p>
        {children}
      </div>
    </li>
  )
}
