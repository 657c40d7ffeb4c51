import { Refusal } from "../../base/refusal.ts"
import { unreadIn } from "../../domain/visits/chat.ts"
import { talking } from "../../domain/visits/phases.ts"
import { type PersonIn, type VisitView, visitView } from "../../domain/visits/reads.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { agentVisitWords, callWords } from "../../i18n/visits-agent.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { State } from "../shell/marks.tsx"
import { Do, deskForm } from "./hand.tsx"
import { signOfConnection } from "./panel.tsx"
import { SendOn, targetsOf } from "./send-on.tsx"

/** The visit in hand as its agent sees it, with everything that can be done with it now. Refuses `not_found` to everybody else. */
export async function agentVisitFragment(
  { store, keys, clock, env }: Rendering,
  id: string,
  lang: Lang,
  reader: string,
): Promise<string> {
  const view = await visitView(store, keys, id, reader, clock.office())
  if (view.self && view.self.kind !== "agent" && view.self.kind !== "supervisor") {
    throw new Refusal("not_found", { what: "view" })
  }
  const unread = (await unreadIn(store, view.office, reader)).get(id) ?? 0
  const targets = await targetsOf(store, view, reader)
  const linkOf = (one: PersonIn) => env.origin + paths.visitInvitation(id, one.id, keys.capability("visit", one.id))
  const words = agentVisitWords[lang]
  return String(
    <div class="call-agent" data-phase={view.phase} data-unread={unread > 0 ? words.unread(unread) : ""}>
      <p class="call-phase">
        <State sign={signs[view.phase]}>
          {view.ring
            ? words.ringing(view.ring.number, view.ring.of)
            : view.phase === "ringing"
              ? words.inHand
              : words[view.phase]}
        </State>{" "}
        <span class="quiet" data-since={talkedSince(view)} />
      </p>
      {unread > 0 && (
        <p class="call-note">
          <a href={paths.deskVisit(id)} target="_blank" rel="noopener">
            {words.messages} · <strong>{words.unread(unread)}</strong>
          </a>
        </p>
      )}
      {view.sentOn?.by && <p class="call-note">{words.sentOn(inLang(view.sentOn.by, lang))}</p>}
      {view.sentOn?.note && (
        <p class="call-note" dir="auto">
          {view.sentOn.note}
        </p>
      )}
      {view.test && <Test test={view.test} lang={lang} />}
      <ul class="call-people" aria-label={words.people}>
        {view.people
          .filter(({ isSelf }) => !isSelf)
          .map((one) => (
            <Somebody one={one} view={view} link={linkOf(one)} lang={lang} />
          ))}
      </ul>
      <div class="hand-actions">
        <Actions view={view} lang={lang} />
        {talking.includes(view.phase) && <Invite id={id} lang={lang} />}
        {view.phase !== "over" && view.phase !== "lobby" && view.phase !== "ringing" && (
          <>
            <SendOn view={view} targets={targets} lang={lang} />
            <details class="fold" id={`end-${id}`} data-live-keep open={view.phase === "wrapUp"}>
              <summary class="button button-finish">{words.end}</summary>
              <div class="fold-body stack">
                <label class="field">
                  <span class="label">{words.outcome}</span>
                  <select class="input" name="outcome" form={deskForm}>
                    <option value="done">{deskWords[lang].done}</option>
                    <option value="referred">{deskWords[lang].referred}</option>
                    <option value="not_possible">{deskWords[lang].notPossible}</option>
                  </select>
                </label>
                <label class="field">
                  <span class="label">{words.word}</span>
                  <span class="hint">{words.wordHint}</span>
                  <textarea class="input" name="word" form={deskForm} maxlength={2000} dir="auto" />
                </label>
                <label class="field">
                  <span class="label">{words.note}</span>
                  <span class="hint">{words.noteHint}</span>
                  <textarea class="input" name="note" form={deskForm} maxlength={500} dir="auto" />
                </label>
                <Do verb="visit-end" ticket={id} class="button-finish">
                  {words.end}
                </Do>
              </div>
            </details>
          </>
        )}
      </div>
    </div>,
  )
}

/** A hold and a private talk have a time of their own; the call's goes on from the answer through both. */
const talkedSince = ({ phase, since, answeredAt }: VisitView) => (phase === "call" ? (answeredAt ?? since) : since)

const signs = {
  ...({ lobby: "waiting", ringing: "called", call: "serving", hold: "parked", private: "parked" } as const),
  ...({ interrupted: "late", wrapUp: "good", over: "good" } as const),
}

/** What the phase lets one do at once. */
function Actions({ view: { id, phase, people }, lang }: { view: VisitView; lang: Lang }) {
  const words = agentVisitWords[lang]
  // In the call, says the ticket, which an undo has brought back; and the person waits.
  const isBrought =
    phase === "call" &&
    people.some(({ kind, state }) => kind === "citizen" && (state === "invited" || state === "gone"))
  const others = people.filter(({ isSelf, state }) => !isSelf && (state === "admitted" || state === "held"))
  return (
    <>
      {phase === "ringing" && (
        <>
          <Do verb="visit-again" ticket={id} icon="bell">
            {words.ringAgain}
          </Do>
          <Do verb="visit-off" ticket={id} icon="undo">
            {words.ringOff}
          </Do>
        </>
      )}
      {(phase === "call" || phase === "private") && (
        <Do verb="visit-hold" ticket={id} icon="pause">
          {words.doHold}
        </Do>
      )}
      {(phase === "hold" || phase === "private" || phase === "interrupted" || phase === "wrapUp" || isBrought) && (
        <Do verb="visit-resume" ticket={id} icon="video" class="button-main">
          {words.resume}
        </Do>
      )}
      {(phase === "call" || phase === "hold") &&
        others.length > 1 &&
        others.map((one) => (
          <Do verb="visit-private" ticket={`${id} ${one.id}`}>
            {words.privateWith(nameOf(one, lang))}
          </Do>
        ))}
      {phase === "interrupted" && (
        <Do verb="visit-on" ticket={id} icon="arrow">
          {words.goOn}
        </Do>
      )}
      {(talking.includes(phase) || phase === "interrupted") && (
        <Do verb="visit-hangup" ticket={id} icon="phone" class="button-danger">
          {words.hangUp}
        </Do>
      )}
    </>
  )
}

function Somebody({ one, view, link, lang }: { one: PersonIn; view: VisitView; link: string; lang: Lang }) {
  const words = agentVisitWords[lang]
  const [name, isThird] = [nameOf(one, lang), one.kind === "interpreter" || one.kind === "guardian"]
  const isAwaited = isThird && one.state === "invited" && one.connectivity === "offline"
  const states = { invited: isAwaited ? words.invitedState : words.asks, held: words.held, gone: words.goneState }
  return (
    <li>
      <span>
        <bdi class="strong">{name}</bdi> <span class="quiet small">{callWords[lang].people[one.kind]}</span>
      </span>
      <span class="call-person-state small">
        {view.phase !== "lobby" && one.kind !== "citizen" && one.state in states
          ? states[one.state as keyof typeof states]
          : one.state === "held"
            ? words.held
            : ""}{" "}
        <State sign={signOfConnection(one.connectivity)}>{words.connectivity[one.connectivity]}</State>
        {one.isAway && ` · ${words.elsewhere}`}
      </span>
      {isAwaited && (
        <label class="field">
          <span class="small quiet">{words.invited}</span>
          <input class="input call-link" type="text" readonly value={link} dir="ltr" />
        </label>
      )}
      {talking.includes(view.phase) && isThird && (
        <span class="call-person-acts">
          {(one.state === "invited" || one.state === "gone") && !isAwaited && (
            <Do verb="visit-admit" ticket={`${view.id} ${one.id}`} class="button-main" asks>
              {words.admit(name)}
            </Do>
          )}
          <Do verb="visit-remove" ticket={`${view.id} ${one.id}`} class="button-quiet" asks>
            {words.remove(name)}
          </Do>
        </span>
      )}
    </li>
  )
}

function Invite({ id, lang }: { id: string; lang: Lang }) {
  const words = agentVisitWords[lang]
  return (
    <details class="fold" id={`invite-${id}`} data-live-keep>
      <summary class="button button-second">{words.invite}</summary>
      <div class="fold-body stack">
        <label class="field">
          <span class="label">{words.inviteName}</span>
          <input
            class="input"
            type="text"
            name="guestName"
            form={deskForm}
            maxlength={80}
            dir="auto"
            autocomplete="off"
          />
        </label>
        <select class="input" name="guestKind" form={deskForm} aria-label={words.invite}>
          <option value="interpreter">{words.interpreter}</option>
          <option value="guardian">{words.guardian}</option>
        </select>
        <Do verb="visit-invite" ticket={id}>
          {words.doInvite}
        </Do>
      </div>
    </details>
  )
}

function Test({ test, lang }: { test: NonNullable<VisitView["test"]>; lang: Lang }) {
  const words = agentVisitWords[lang]
  const { rttMilliseconds } = test
  const said = (["camera", "microphone", "speaker", "network"] as const).map(
    (part) => `${words[part]}: ${words.results[test[part]]}`,
  )
  return (
    <p class="call-test small quiet">
      {words.test}: {said.join(" · ")}
      {rttMilliseconds !== null && (
        <>
          {" · "}
          <bdi>{rttMilliseconds} ms</bdi>
        </>
      )}
    </p>
  )
}

function nameOf({ name, kind }: PersonIn, lang: Lang): string {
  return name ? inLang(name, lang) : callWords[lang].people[kind]
}
