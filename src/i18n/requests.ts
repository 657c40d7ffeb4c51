import type { Line, Value } from "../domain/requests/service.ts"
import { dayText, hijriText } from "./dates.ts"
import { inBoth, inLang, type Lang } from "./lang.ts"
import { counted } from "./plural.ts"

/** Words of services that are carried out in a visit, and of what came of them. */
export const requestWords = inBoth({
  ar: {
    title: "تنفيذ خدمة",
    choose: "الخدمة",
    start: "ابدأ الخدمة",
    none: "لا خدمة ينفذها هذا المكتب بالاتصال المرئي.",
    watching: "يرى المراجع ما تكتبه كما تحفظه.",
    fill: "املأ ما بقي لترى القرار.",
    choosePlease: "اختر",
    noneChosen: "لا شيء",
    addCountry: "أضف دولة",
    gulf: "دول الخليج",
    arab: "دول عربية أخرى",
    others: "دول أخرى",
    removeCountry: (name: string) => `احذف ${name}`,
    day: "اليوم",
    yes: "تجيزه القواعد",
    no: "لا تجيزه القواعد",
    why: "لأن",
    wayOut: "ما العمل",
    ask: "اطلب التأكيد من المراجع",
    askHelp: "يُجمَّد النص كما هو، ويؤكده المراجع بمفتاح المرور خلال دقيقتين.",
    carryOut: "نفّذ",
    refuse: "أنهِ الطلب بهذا السبب",
    giveUp: "تراجع عن الطلب",
    hindrances: {
      not_in_call: "لا تُنفّذ خدمة إلا وأنتما تتحدثان.",
      identity: "تحتاج هذه الخدمة إلى التحقق من هوية المراجع في هذه الزيارة أولًا.",
      passkey: "ليس للمراجع مفتاح مرور. يضيفه من صفحة أمان حسابه، أو تبقى الزيارة استشارة.",
      recording: "لا تُنفّذ هذه الخدمة إلا والزيارة مسجلة.",
    },
    unrecorded: "من لا يريد التسجيل تُقضى خدمته في مكتب أو عبر موقعنا، ولا يفقد شيئًا.",
    otherWays: "الطرق الأخرى لهذه الخدمة",
    bookForThem: "احجز له موعدًا في مكتب",
    notWithout: (service: string) => `${service}: لا تُنفّذ بالفيديو إلا والمكالمة مسجلة`,
    notWithoutHelp:
      "لم توافقوا على التسجيل، وهذا حقكم. تستمر الزيارة للاستشارة، وتُقضى الخدمة في مكتب بموعد أو عبر موقعنا.",
    waiting: "ننتظر تأكيد المراجع",
    waitingUntil: (time: string) => `حتى ${time}. أي تغيير تكتبه يبطل ما طُلب تأكيده.`,
    notConfirmed: {
      declined: "لم يؤكد المراجع",
      over: "انقضت الدقيقتان دون تأكيد",
      changed: "تغيّر شيء قبل التأكيد، فلم يُنفّذ",
    },
    notConfirmedHelp: "لم يُنفّذ شيء. عدّل ما يلزم أو اطلب التأكيد من جديد.",
    notConfirmedYou: {
      declined: "لم تؤكد، ولم يُنفّذ شيء.",
      over: "انقضت الدقيقتان، ولم يُنفّذ شيء. يستطيع الموظف أن يطلب تأكيدك من جديد.",
      changed: "تغيّر شيء قبل أن تؤكد، ولم يُنفّذ شيء. يستطيع الموظف أن يطلب تأكيدك من جديد.",
    },
    done: "نُفّذت الخدمة",
    failed: "لم تُنفّذ الخدمة",
    before: "إيصال سابق",
    number: "رقم الطلب",
    at: "الوقت",
    another: "خدمة أخرى",
    changed: "طُلب التأكيد من جديد لأن شيئًا تغيّر.",

    yours: "طلبك في هذه الزيارة",
    filling: "يملأ الموظف طلبك، وتراه هنا كما يكتبه. نبّهه إن وجدت خطأ.",
    empty: "لم يُكتب بعد",
    confirmTitle: "اقرأ ثم أكّد",
    confirmLead: "هذا ما سيُنفّذ بالضبط، ولا شيء غيره.",
    confirm: "أكّد بمفتاح المرور",
    confirmUntil: (time: string) => `حتى ${time}`,
    decline: "لا أؤكد",
    spoken: "يُطلب منك تأكيد. اقرأ النص ثم أكّد بمفتاح المرور.",
    spokenDone: "نُفّذ طلبك.",
    spokenFailed: "لم يُنفّذ طلبك. السبب مكتوب في الصفحة.",
    needsScript: "التأكيد يحتاج إلى تشغيل JavaScript في المتصفح.",
    keep: "يبقى هذا الإيصال في بياناتك لدينا.",
    toPermits: "تصاريح السفر (في نافذة أخرى)",

    heldTitle: "خدمات نُفّذت في زياراتك المرئية",
    requestStates: {
      ...{ draft: "قيد التعبئة", asked: "ينتظر تأكيدك", done: "نُفّذ" },
      ...{ failed: "لم يُنفّذ", withdrawn: "تُرك" },
    },
    permitsTitle: "تصاريح السفر",
    permitsLead: "تصاريح أفراد أسرتك التي أصدرتها، والتصاريح التي باسمك.",
    permitsNone: "لا تصاريح.",
    permitsHow: "تصدر التصاريح وتُلغى في زيارة مرئية.",
    permitsBook: "احجز زيارة مرئية",
    permitStates: { valid: "ساري", cancelled: "ملغى", expired: "انتهى" },
    permitKinds: { single: "سفرة واحدة", multiple: "سفرات متعددة" },
    permitPapers: { passport: "على جواز السفر", national_id: "على الهوية الوطنية" },
    permitNumber: "رقم التصريح",
    permitTo: "إلى",
    permitUntil: "آخر يوم",
    permitIssued: "صدر في",
    permitCancelled: (day: string) => `أُلغي في ${day}. لا يُغادر به، ومن غادر به فعودته متاحة.`,
    permitByYou: "أصدرته أنت",
    permitYours: "باسمك",
    permitCheck: "تحقق من صحته",
    print: "تستطيع طباعة هذه الصفحة.",
  },
  en: {
    title: "Carry out a service",
    choose: "Service",
    start: "Begin the service",
    none: "This office carries out no service by video.",
    watching: "The person sees what you write as it is saved.",
    fill: "Fill in what is missing to see the decision.",
    choosePlease: "Choose",
    noneChosen: "Nothing",
    addCountry: "Add a country",
    gulf: "Gulf states",
    arab: "Other Arab countries",
    others: "Other countries",
    removeCountry: (name: string) => `Remove ${name}`,
    day: "Day",
    yes: "The rules allow it",
    no: "The rules do not allow it",
    why: "Because",
    wayOut: "What can be done",
    ask: "Ask the person to confirm",
    askHelp: "The text is frozen as it stands, and confirmed with a passkey within two minutes.",
    carryOut: "Carry out",
    refuse: "End the request for this reason",
    giveUp: "Give the request up",
    hindrances: {
      not_in_call: "Services are carried out only while you talk to each other.",
      identity: "For this service, check first in this visit who the person is.",
      passkey: "The person has no passkey. One is added on the account's security page; until then this stays advice.",
      recording: "This service is carried out only while the visit is recorded.",
    },
    unrecorded: "Who does not want to be recorded gets it at a counter or online, and loses nothing.",
    otherWays: "Other ways for this service",
    bookForThem: "Book an appointment for them",
    notWithout: (service: string) => `${service}: by video only while the call is recorded`,
    notWithoutHelp:
      "Somebody here did not agree to be recorded, and need not. The visit goes on as advice, and the service is done at a counter with an appointment, or online.",
    waiting: "Waiting for the person to confirm",
    waitingUntil: (time: string) => `Until ${time}. Whatever you change makes it void.`,
    notConfirmed: {
      declined: "The person did not confirm",
      over: "The two minutes are over",
      changed: "Something changed before it was confirmed",
    },
    notConfirmedHelp: "Nothing was done. Change what is needed, or ask again.",
    notConfirmedYou: {
      declined: "You did not confirm. Nothing was done.",
      over: "The two minutes are over, and nothing was done. The agent can ask you again.",
      changed: "Something changed before you confirmed, and nothing was done. The agent can ask you again.",
    },
    done: "The service was carried out",
    failed: "The service was not carried out",
    before: "Earlier receipt",
    number: "Request number",
    at: "Time",
    another: "Another service",
    changed: "It is asked anew, because something changed.",

    yours: "Your request in this visit",
    filling: "The agent fills in your request, and you see it here as it is written. Say so where it is wrong.",
    empty: "Not written yet",
    confirmTitle: "Read, then confirm",
    confirmLead: "This is what will be done, and nothing else.",
    confirm: "Confirm with a passkey",
    confirmUntil: (time: string) => `Until ${time}`,
    decline: "I do not confirm",
    spoken: "You are asked to confirm. Read the text, then confirm with your passkey.",
    spokenDone: "Your request was carried out.",
    spokenFailed: "Your request was not carried out. The page says why.",
    needsScript: "To confirm, your browser has to run JavaScript.",
    keep: "This receipt stays in your data with us.",
    toPermits: "Travel permits (in another window)",

    heldTitle: "Services carried out in your video visits",
    requestStates: {
      ...{ draft: "Being filled in", asked: "Waits for you to confirm", done: "Carried out" },
      ...{ failed: "Not carried out", withdrawn: "Given up" },
    },
    permitsTitle: "Travel permits",
    permitsLead: "Those that you gave to your family, and those in your name.",
    permitsNone: "No permits.",
    permitsHow: "Permits are issued and cancelled in a video visit.",
    permitsBook: "Book a video visit",
    permitStates: { valid: "Valid", cancelled: "Cancelled", expired: "Ran out" },
    permitKinds: { single: "One journey", multiple: "Several journeys" },
    permitPapers: { passport: "on the passport", national_id: "on the national identity card" },
    permitNumber: "Permit number",
    permitTo: "To",
    permitUntil: "Last day",
    permitIssued: "Issued on",
    permitCancelled: (day: string) => `Cancelled on ${day}. Nobody leaves on it; whoever has left on it may return.`,
    permitByYou: "Given by you",
    permitYours: "In your name",
    permitCheck: "Check that it is genuine",
    print: "You can print this page.",
  },
})

/** A value as people read it; nothing where the label says it all. Days stand in both calendars. */
export function valueText(value: Value, lang: Lang): string {
  switch (value.is) {
    case "words":
      return inLang(value.words, lang)
    case "typed":
      return value.text
    case "document":
      return value.code
    case "day":
      return `${dayText(value.day, lang, { year: true, weekday: false })} (${hijriText(value.day, lang, { year: true })})`
    case "years":
      return counted("years", value.years, lang)
    case "said":
      return ""
  }
}

/** The lines in both languages, as they are frozen and confirmed. */
export function frozenText(lines: readonly Line[]): Record<Lang, string[]> {
  const inOne = (lang: Lang) =>
    lines.map(({ label, value }) => {
      const text = valueText(value, lang)
      return text === "" ? inLang(label, lang) : `${inLang(label, lang)}: ${text}`
    })
  return { ar: inOne("ar"), en: inOne("en") }
}
