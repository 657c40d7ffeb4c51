import type { Lang } from "../i18n/lang.ts"
import { callTexts, callWords } from "../i18n/visits-agent.ts"
import { Icon, type IconName } from "./shell/icons.tsx"

interface CallRoomProps {
  lang: Lang
  visit?: string
  end?: string
  /** The page says how much is unread, as the house keeps it; else this room counts what comes while it is folded. */
  isCountKept?: boolean
}

/**
 * The room into which `mountCall` of src/client/visit/call.ts mounts a visit: tiles, controls, how the connection is, text as it is typed,
 * messages. It stands outside every live region, because what is in it belongs to the browser. `visit` is left out where the page says
 * later which one it is; `end`: what the link to `#end` is called, where the page has such a place.
 */
export function CallRoom({ lang, visit, end, isCountKept }: CallRoomProps) {
  const words = callWords[lang]
  return (
    <section
      class="call"
      data-call
      data-visit={visit}
      data-call-state="waiting"
      data-words={JSON.stringify(callTexts(lang))}
      aria-label={words.title}
    >
      <p class="call-status" role="status" data-call-part="status" />
      <div class="call-ask notice notice-late" data-call-part="ask" hidden>
        <p class="strong" data-call-part="ask-text" />
        <button type="button" class="button button-main" data-call-do="here">
          {words.useHere}
        </button>
      </div>
      <div class="call-ask notice notice-late" data-call-part="again" role="alert" hidden>
        <p class="strong">{words.again}</p>
        <button type="button" class="button button-main" data-call-do="join">
          {words.join}
        </button>
      </div>
      <div class="call-ask notice notice-late" data-call-part="devices" role="alert" hidden>
        <p data-call-part="devices-text" />
        <button type="button" class="button button-second" data-call-do="devices">
          {words.tryDevices}
        </button>
      </div>
      <div class="call-stage" data-call-part="stage">
        <div class="call-tiles" data-call-part="tiles" />
        <figure class="call-tile call-self">
          <video data-call-part="self" autoplay playsinline muted />
          <figcaption>{words.self}</figcaption>
        </figure>
      </div>
      <p class="call-quality small" data-call-part="quality" />
      <div class="call-bar" data-call-part="bar">
        <Toggle verb="mute" icon="microphone" text={words.mute} />
        <Toggle verb="camera" icon="video" text={words.camera} />
        <Toggle verb="share" icon="screen" text={words.share} />
        <Toggle verb="light" icon="sound" text={words.light} />
        <Toggle verb="typing" icon="document" text={words.typing} />
        {end && (
          <a class="button button-danger" href="#end">
            <Icon name="phone" size={20} /> <span>{end}</span>
          </a>
        )}
      </div>
      <div class="call-typing" data-call-part="typing" hidden>
        <h3 class="label">{words.captions}</h3>
        <p class="small quiet" data-call-part="captions">
          {words.captionsNone}
        </p>
        <button type="button" class="button button-second" data-call-do="captions" aria-pressed="false" hidden>
          {words.captionsOwn}
        </button>
        <div class="call-lines" data-call-part="lines" role="log" aria-live="polite" />
        <label class="field">
          <span class="quiet small">{words.typingHelp}</span>
          <input class="input" type="text" dir="auto" maxlength={400} autocomplete="off" data-call-part="typed" />
        </label>
      </div>
      <details class="call-chat fold" data-call-part="chat">
        <summary class="button button-second">
          <Icon name="chat" size={20} /> <span>{words.chat}</span>{" "}
          <span data-call-part="unread" data-kept={isCountKept} />
        </summary>
        <div class="fold-body stack">
          <ol class="call-messages" data-call-part="messages" role="log" aria-live="polite" />
          <form class="call-write" data-call-part="write">
            <label class="field grow">
              <span class="label">{words.message}</span>
              <input class="input" name="text" type="text" dir="auto" maxlength={2000} autocomplete="off" required />
            </label>
            <button type="submit" class="button button-second">
              {words.send}
            </button>
          </form>
        </div>
      </details>
    </section>
  )
}

function Toggle({ verb, icon, text }: { verb: string; icon: IconName; text: string }) {
  return (
    <button type="button" class="button button-second" data-call-do={verb} aria-pressed="false">
      <Icon name={icon} size={20} /> <span>{text}</span>
    </button>
  )
}
