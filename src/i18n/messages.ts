import type { OfficeFault } from "../domain/bookings/again.ts"
import type { MessageKind } from "../domain/notifications/rules.ts"
import type { Lang } from "./lang.ts"
import { counted } from "./plural.ts"

/** What the words of a message may need, already as people read it. What is not known, or not to be said here, is null. */
export interface Seen {
  /** Day and time, "الثلاثاء 24 نوفمبر، 10:30 ص". */
  when: string | null
  from: string | null
  /** A time of today. */
  until: string | null
  service: string | null
  office: string | null
  number: number | null
  counter: number | null
  minutes: number | null
  left: number | null
  /** `passkey`, `password`, `recovery_codes`; `mail`, `sms`; `citizen`, `office`, `time`: by the kind. */
  what: string | null
  /** The office's own words, or ours for a reason of ours. */
  reason: string | null
  /** A code or a link. */
  secret: string | null
  /** The turn is a ring by video. */
  isVideo: boolean
  /** The address of the visit, where the words are to lead there themselves. */
  visit: string | null
}

export interface Words {
  title: string
  /** One paragraph each. */
  text: string[]
  /** By SMS: no name, no service, no reason. */
  sms: string
}

/** Whatever of these is known, in one sentence. */
const joined = (parts: (string | null)[], comma: string) => parts.filter((part) => part !== null).join(comma)
const only = (parts: (string | null)[]) => parts.filter((part): part is string => part !== null && part !== "")

const addedAr: Record<string, string> = {
  passkey: "أُضيف مفتاح مرور إلى حسابك",
  password: "تغيّرت كلمة مرور حسابك",
  recovery_codes: "صدرت رموز استرداد جديدة لحسابك",
}
const addedEn: Record<string, string> = {
  passkey: "A passkey was added to your account",
  password: "Your account's password was changed",
  recovery_codes: "New recovery codes were made for your account",
}
const notYouAr = "إن لم تكن أنت من فعل ذلك فافتح صفحة أمان حسابك الآن، أو راجع أقرب مكتب."
const notYouEn = "If this was not you, open your account's security page now, or come to the nearest office."

/** Whoever still has what the code was to make up for is not held by what came of it. */
const undoAr = "ما زال مفتاحك القديم معك؟ ادخل به واحذف ما أُضيف، فلا يوقفه التعليق."
const undoEn =
  "Do you still have your passkey from before? Sign in with it and remove what was added: the hold does not apply to it."

const proxyAr: Record<string, [title: string, text: string]> = {
  given_by_you: ["عيّنت وكيلًا عنك", "إن لم تكن أنت من فعل ذلك فأنهِ الوكالة الآن من صفحة «الأسرة والوكالات» في حسابك."],
  given_to_you: [
    "وكّلك شخص عنه",
    "ترى من هو وما تشمله الوكالة في صفحة «الأسرة والوكالات» في حسابك. تستطيع أن تعتذر عنها.",
  ],
  ended_by_you: ["انتهت وكالة عنك", "لم يعد الوكيل يحجز عنك أو يغيّر مواعيدك."],
  ended_to_you: ["انتهت وكالة كانت لك", "لم تعد تحجز عمن وكّلك أو تغيّر مواعيده."],
}
const proxyEn: Record<string, [title: string, text: string]> = {
  given_by_you: [
    "You named a proxy",
    "If this was not you, end it now on the page “Household and proxies” of your account.",
  ],
  given_to_you: [
    "Somebody named you a proxy",
    "The page “Household and proxies” of your account says who, and for what. You can give it back.",
  ],
  ended_by_you: ["A proxy of yours has ended", "The proxy no longer books for you or changes your appointments."],
  ended_to_you: [
    "A proxy that you held has ended",
    "You no longer book for whoever named you, or change their appointments.",
  ],
}

const proxyWords = (table: Record<string, [title: string, text: string]>, what: string | null): Words => {
  const [title = "", text = ""] = table[what ?? ""] ?? []
  return { title, text: [text], sms: `${title}.` }
}

const ar: Record<MessageKind, (seen: Seen) => Words> = {
  factor_added: ({ what }) => {
    const title = addedAr[what ?? ""] ?? "أُضيفت وسيلة دخول إلى حسابك"
    return { title, text: [notYouAr], sms: `${title}. إن لم تكن أنت فراجع أمان حسابك الآن.` }
  },
  factor_removed: ({ what }) => {
    const title = what === "passkey" ? "حُذف مفتاح مرور من حسابك" : "حُذفت وسيلة دخول من حسابك"
    return { title, text: [notYouAr], sms: `${title}. إن لم تكن أنت فراجع أمان حسابك الآن.` }
  },
  passkey_alarm: ({ what }) => {
    const title =
      what === "copied" ? "قد يكون أحد مفاتيح المرور في حسابك منسوخًا" : "أُوقف مفتاح مرور في حسابك بعد محاولات كثيرة"
    return { title, text: ["لم نقبله. أزله من صفحة أمان حسابك وأضف غيره."], sms: `${title}. أزله من صفحة أمان حسابك.` }
  },
  new_sign_in: ({ when }) => ({
    title: "دخول جديد إلى حسابك",
    text: only([when, notYouAr]),
    sms: `دخول جديد إلى حسابك، ${when}. إن لم تكن أنت فراجع أمان حسابك الآن.`,
  }),
  recovery_used: ({ left }) => ({
    title: "استُخدم رمز استرداد لحسابك",
    text: only([left === null ? null : `بقي لك: ${counted("recoveryCodes", left, "ar")}.`, undoAr, notYouAr]),
    sms: "استُخدم رمز استرداد لحسابك. إن لم تكن أنت فراجع أقرب مكتب الآن.",
  }),
  reset_asked: ({ office, secret }) => {
    const title = "طُلب تجديد الدخول إلى حسابك"
    return {
      title,
      text: only([
        office && `في ${office}.`,
        "إن كنت أنت فلا حاجة إلى شيء. وإن لم تكن أنت فأوقفه الآن:",
        secret ?? "افتح الرابط في الرسالة التي أرسلناها إليك، أو أخبر أقرب مكتب.",
      ]),
      sms: `${title}. إن لم تكن أنت فأوقفه: ${secret ?? "أخبر أقرب مكتب"}`,
    }
  },
  reset_done: ({ office, secret }) => {
    const title = "أُلغيت وسائل الدخول إلى حسابك، وصدر رمز تسجيل جديد"
    return {
      title,
      text: only([
        office && `في ${office}.`,
        "إن لم تكن أنت فأوقفه الآن. لا يُنفّذ إجراء حساس قبل مضي يوم:",
        secret ?? "افتح الرابط في الرسالة التي أرسلناها إليك، أو أخبر أقرب مكتب.",
      ]),
      sms: `صدر رمز تسجيل جديد لحسابك. إن لم تكن أنت فأوقفه: ${secret ?? "أخبر أقرب مكتب"}`,
    }
  },
  rights_changed: () => ({
    title: "تغيّرت صلاحياتك",
    text: ["انتهت جلساتك المفتوحة. سجّل الدخول من جديد.", "إن لم تعلم بذلك فأخبر مديرك."],
    sms: "تغيّرت صلاحياتك. إن لم تعلم بذلك فأخبر مديرك.",
  }),
  proxy_changed: ({ what }) => proxyWords(proxyAr, what),
  permit_issued: () => ({
    title: "صدر تصريح سفر لأحد أفراد أسرتك",
    text: ["يسري من الآن. تجده في صفحة تصاريح السفر.", notYouAr],
    sms: "صدر تصريح سفر أكّدته في زيارتك المرئية. إن لم تكن أنت فراجع أقرب مكتب الآن.",
  }),
  permit_cancelled: () => ({
    title: "أُلغي تصريح سفر لأحد أفراد أسرتك",
    text: ["لا يُغادر به بعد الآن. ومن غادر به فعودته متاحة.", notYouAr],
    sms: "أُلغي تصريح سفر أكّدت إلغاءه في زيارتك المرئية. إن لم تكن أنت فراجع أقرب مكتب الآن.",
  }),
  approval_asked: ({ office }) => ({
    title: "طلب ينتظر موافقتك",
    text: only([office && `في ${office}.`, "قدّمه زميل، ولا يتم إلا بموافقة شخص آخر."]),
    sms: "طلب ينتظر موافقتك.",
  }),
  request_decided: ({ what }) => {
    const title = what === "approved" ? "تمت الموافقة على طلبك" : "رُفض طلبك"
    return { title, text: ["التفاصيل في صفحة الطلب."], sms: `${title}.` }
  },
  contact_changed: ({ what }) => {
    const title = what === "sms" ? "تغيّر رقم الجوال في حسابك" : "تغيّر البريد الإلكتروني في حسابك"
    const stop = "إن لم تكن أنت فادخل إلى حسابك وأنهِ الجلسات الأخرى من «أمان الحساب»، أو راجع أقرب مكتب."
    return { title, text: [stop], sms: `${title}. ${stop}` }
  },
  one_time_code: ({ secret, until }) => ({
    title: "رمزك لمرة واحدة",
    text: only([secret, until && `يصلح حتى ${until}.`, "لا تعطه لأحد. لن نطلبه منك بالهاتف."]),
    sms: `رمزك لمرة واحدة: ${secret}. لا تعطه لأحد.`,
  }),
  email_check: ({ secret }) => ({
    title: "أكّد بريدك الإلكتروني",
    text: only([
      "افتح هذا الرابط وأنت مسجّل الدخول لنرسل رسائلك إلى هذا العنوان:",
      secret,
      "إن لم تطلب ذلك فتجاهل هذه الرسالة.",
    ]),
    sms: "أكّد بريدك الإلكتروني من الرابط الذي أرسلناه إليه.",
  }),
  booking_confirmed: (seen) => ({
    title: "تأكّد موعدك",
    text: [`${placeAr(seen)}.`, "إن لم تستطع الحضور فألغِه أو غيّر وقته ليستفيد منه غيرك."],
    sms: `تأكّد موعدك: ${shortAr(seen)}.`,
  }),
  booking_moved: (seen) => ({
    title: "تغيّر وقت موعدك",
    text: only([`${placeAr(seen)}.`, seen.from && `كان ${seen.from}.`]),
    sms: `تغيّر موعدك إلى ${shortAr(seen)}.`,
  }),
  booking_cancelled: (seen) => {
    const fault = faultsAr[seen.what ?? ""]
    if (fault) {
      // By whom somebody wants to be called is for no postcard.
      const sms = `لم يتمّ موعدك ${shortAr(seen)}، ولا يُحسب عليك. اختر وقتًا آخر من رسائلك.`
      return { title: fault, text: only([`${placeAr(seen)}.`, seen.reason]), sms }
    }
    const byOffice = seen.what !== "citizen"
    return {
      title: byOffice ? "ألغى المكتب موعدك" : "أُلغي موعدك",
      text: only([`${placeAr(seen)}.`, seen.reason, byOffice ? "اختر وقتًا آخر متى شئت." : null]),
      sms: `أُلغي موعدك ${shortAr(seen)}.${byOffice ? " اختر وقتًا آخر من رسائلك." : ""}`,
    }
  },
  booking_struck: (seen) => ({
    title: "تغيّر دوام المكتب، ولم يعد وقت موعدك متاحًا",
    text: [`${placeAr(seen)}.`, "غيّر وقته أو ألغِه. لا يُحسب عليك."],
    sms: `تغيّر الدوام، ولم يعد موعدك ${shortAr(seen)} متاحًا. غيّر وقته.`,
  }),
  booking_proposed: (seen) => ({
    title: "اقترح المكتب وقتًا آخر لموعدك",
    text: only([`${placeAr(seen)}.`, seen.from && `طلبت ${seen.from}.`, "اقبله أو اختر غيره."]),
    sms: `اقترح المكتب وقتًا آخر لموعدك: ${shortAr(seen)}. أجب من رسائلك.`,
  }),
  reminder: (seen) => ({
    // Not "tomorrow": it may come late.
    title: "تذكير بموعدك",
    text: [`${placeAr(seen)}.`, "إن لم تستطع الحضور فألغِه الآن ليستفيد منه غيرك."],
    sms: `تذكير بموعدك: ${shortAr(seen)}.`,
  }),
  turn_soon: ({ number, minutes, office }) => ({
    title: "اقترب دورك",
    text: [
      joined(
        [`رقمك ${number}`, `دورك خلال ${counted("minutesAfter", minutes ?? 10, "ar")} تقريبًا`, office],
        "، ",
      ).concat("."),
    ],
    sms: `اقترب دورك. رقمك ${number}، خلال ${counted("minutesAfter", minutes ?? 10, "ar")} تقريبًا.`,
  }),
  your_turn: ({ number, counter, isVideo, visit }) =>
    isVideo
      ? {
          title: "نتصل بك بالفيديو الآن",
          text: only([`رقمك ${number}. افتح زيارتك وأجب على الاتصال.`, visit]),
          sms: joined(["نتصل بك بالفيديو الآن. افتح زيارتك وأجب", visit], ": "),
        }
      : {
          title: "حان دورك",
          text: [`رقمك ${number}. توجّه إلى الشباك ${counter}.`],
          sms: `حان دورك. رقمك ${number}، الشباك ${counter}.`,
        },
  missed: (seen) =>
    seen.number !== null
      ? {
          title: "فاتك النداء",
          text: only([
            `نادينا رقمك ${seen.number} ولم نرك.`,
            seen.until && `مكانك محفوظ حتى ${seen.until}: افتح دورك واضغط «أنا هنا».`,
          ]),
          sms: `فاتك النداء على رقمك ${seen.number}.${seen.until ? ` مكانك محفوظ حتى ${seen.until}.` : ""}`,
        }
      : {
          title: "فاتك موعدك",
          text: [`${placeAr(seen)}.`, "احجز وقتًا آخر متى شئت."],
          sms: `فاتك موعدك ${shortAr(seen)}.`,
        },
  visit_late: ({ number }) => ({
    title: "تأخّرنا عليك، وأنت الآن أول الدور",
    text: [`رقمك ${number}. التأخير منّا.`, "ابقَ في غرفة الانتظار لنتصل بك، أو اختر موعدًا آخر. لا يُحسب عليك."],
    sms: "تأخّرنا عليك، وأنت الآن أول الدور. ابقَ في غرفة الانتظار أو اختر موعدًا آخر.",
  }),
  visit_interrupted: ({ until }) => ({
    title: "انقطعت زيارتك بالفيديو",
    text: [`مكانك محفوظ حتى ${until}. افتح زيارتك لتعود إليها.`],
    sms: `انقطعت زيارتك بالفيديو. عُد إليها قبل ${until}.`,
  }),
  service_refused: ({ service }) => ({
    title: service ? `لم تُنفّذ الخدمة: ${service}` : "لم تُنفّذ خدمة طلبتها",
    text: ["السبب وما تستطيع فعله مكتوبان في صفحة زيارتك المرئية."],
    sms: "لم تُنفّذ خدمة طلبتها في زيارتك المرئية. السبب في صفحة الزيارة.",
  }),
  visit_minutes: () => ({
    title: "محضر زيارتك جاهز",
    text: ["فيه من حضر الزيارة، وما جرى فيها ومتى، ونتيجتها. يمكنك طباعته."],
    sms: "محضر زيارتك بالفيديو جاهز. تجده في رسائلك.",
  }),
  place_offered: (seen) => ({
    title: "وُجد لك وقت",
    text: only([`${placeAr(seen)}.`, seen.until && `نحفظه لك حتى ${seen.until}. بعد ذلك يُعرض على من بعدك.`]),
    sms: `وُجد لك وقت: ${shortAr(seen)}. خذه من رسائلك قبل ${seen.until}.`,
  }),
}

/** What it was that the office was not there for. */
const faultsAr: Record<string, string> = {
  office_late: "تأخّر المكتب عن موعدك",
  no_woman: "لم تكن موظفة في الدوام وقت موعدك",
} satisfies Record<OfficeFault, string>

const placeAr = ({ service, when, office }: Seen) => joined([service, when, office], "، ")
const shortAr = ({ when, office }: Seen) => joined([when, office], "، ")

const en: Record<MessageKind, (seen: Seen) => Words> = {
  factor_added: ({ what }) => {
    const title = addedEn[what ?? ""] ?? "A way to sign in was added to your account"
    return { title, text: [notYouEn], sms: `${title}. If this was not you, check your account's security now.` }
  },
  factor_removed: ({ what }) => {
    const title = `${what === "passkey" ? "A passkey" : "A way to sign in"} was removed from your account`
    return { title, text: [notYouEn], sms: `${title}. If this was not you, check your account's security now.` }
  },
  passkey_alarm: ({ what }) => {
    const title =
      what === "copied"
        ? "A passkey of your account may have been copied"
        : "A passkey of your account was switched off after too many tries"
    return {
      title,
      text: ["We did not accept it. Remove it on your account's security page and add another one."],
      sms: `${title}. Remove it on your account's security page.`,
    }
  },
  new_sign_in: ({ when }) => ({
    title: "A new sign-in to your account",
    text: only([when, notYouEn]),
    sms: `A new sign-in to your account, ${when}. If this was not you, check your account's security now.`,
  }),
  recovery_used: ({ left }) => ({
    title: "A recovery code of your account was used",
    text: only([left === null ? null : `You have ${counted("recoveryCodes", left, "en")} left.`, undoEn, notYouEn]),
    sms: "A recovery code of your account was used. If this was not you, come to the nearest office now.",
  }),
  reset_asked: ({ office, secret }) => {
    const title = "A new way into your account was asked for"
    return {
      title,
      text: only([
        office && `At ${office}.`,
        "If this was you, there is nothing to do. If it was not, stop it now:",
        secret ?? "Open the link in the message that we sent you, or tell the nearest office.",
      ]),
      sms: `${title}. If it was not you, stop it: ${secret ?? "tell the nearest office"}`,
    }
  },
  reset_done: ({ office, secret }) => {
    const title = "Every way into your account is void, and a new enrolment code was given out"
    return {
      title,
      text: only([
        office && `At ${office}.`,
        "If it was not you, stop it now. Nothing sensitive is done for a day:",
        secret ?? "Open the link in the message that we sent you, or tell the nearest office.",
      ]),
      sms: `A new enrolment code for your account was given out. If it was not you, stop it: ${secret ?? "tell the nearest office"}`,
    }
  },
  rights_changed: () => ({
    title: "What you may do here has changed",
    text: ["Your open sessions have ended. Sign in again.", "If you did not know of it, tell your manager."],
    sms: "What you may do here has changed. If you did not know of it, tell your manager.",
  }),
  proxy_changed: ({ what }) => proxyWords(proxyEn, what),
  permit_issued: () => ({
    title: "A travel permit was issued for one of your family",
    text: ["It is in force from now on. It stands on the page “Travel permits”.", notYouEn],
    sms: "A travel permit that you confirmed in your video visit was issued. If this was not you, tell the nearest office now.",
  }),
  permit_cancelled: () => ({
    title: "A travel permit of one of your family was cancelled",
    text: ["From now on nobody leaves on it. Whoever has left on it may return.", notYouEn],
    sms: "A travel permit was cancelled, as you confirmed in your video visit. If this was not you, tell the nearest office now.",
  }),
  approval_asked: ({ office }) => ({
    title: "A request waits for your approval",
    text: only([office && `At ${office}.`, "A colleague made it, and it takes a second person."]),
    sms: "A request waits for your approval.",
  }),
  request_decided: ({ what }) => {
    const title = what === "approved" ? "Your request was approved" : "Your request was refused"
    return { title, text: ["What became of it stands on its page."], sms: `${title}.` }
  },
  contact_changed: ({ what }) => {
    const title =
      what === "sms" ? "Your account's mobile number has changed" : "Your account's e-mail address has changed"
    const stop =
      "If this was not you, sign in and end the other sessions under “Account security”, or come to the nearest office."
    const short = "Not you? Sign in and end the other sessions, or come to an office now."
    return { title, text: [stop], sms: `${title}. ${short}` }
  },
  one_time_code: ({ secret, until }) => ({
    title: "Your one-time code",
    text: only([secret, until && `It works until ${until}.`, "Give it to nobody. We never ask for it by phone."]),
    sms: `Your one-time code: ${secret}. Give it to nobody.`,
  }),
  email_check: ({ secret }) => ({
    title: "Confirm your e-mail address",
    text: only([
      "Open this link while you are signed in, and your messages will come to this address:",
      secret,
      "If you did not ask for this, leave it.",
    ]),
    sms: "Confirm your e-mail address by the link that we sent to it.",
  }),
  booking_confirmed: (seen) => ({
    title: "Your appointment is confirmed",
    text: [`${placeEn(seen)}.`, "If you cannot come, cancel or move it, so that somebody else can have the time."],
    sms: `Your appointment is confirmed: ${shortEn(seen)}.`,
  }),
  booking_moved: (seen) => ({
    title: "Your appointment has a new time",
    text: only([`${placeEn(seen)}.`, seen.from && `It was ${seen.from}.`]),
    sms: `Your appointment was moved to ${shortEn(seen)}.`,
  }),
  booking_cancelled: (seen) => {
    const fault = faultsEn[seen.what ?? ""]
    if (fault) {
      const sms = `Your appointment ${shortEn(seen)} did not take place. It does not count against you. Choose another time.`
      return { title: fault, text: only([`${placeEn(seen)}.`, seen.reason]), sms }
    }
    const byOffice = seen.what !== "citizen"
    return {
      title: byOffice ? "The office cancelled your appointment" : "Your appointment is cancelled",
      text: only([`${placeEn(seen)}.`, seen.reason, byOffice ? "Choose another time whenever you like." : null]),
      sms: `Your appointment ${shortEn(seen)} is cancelled.${byOffice ? " Choose another time from your messages." : ""}`,
    }
  },
  booking_struck: (seen) => ({
    title: "The office's hours have changed, and your appointment's time is gone",
    text: [`${placeEn(seen)}.`, "Move or cancel it. It is not held against you."],
    sms: `The hours have changed: your appointment ${shortEn(seen)} cannot be kept. Please move it.`,
  }),
  booking_proposed: (seen) => ({
    title: "The office proposes another time",
    text: only([`${placeEn(seen)}.`, seen.from && `You asked for ${seen.from}.`, "Take it, or choose another."]),
    sms: `The office proposes another time for your appointment: ${shortEn(seen)}. Answer from your messages.`,
  }),
  reminder: (seen) => ({
    title: "Reminder of your appointment",
    text: [`${placeEn(seen)}.`, "If you cannot come, cancel it now, so that somebody else can have the time."],
    sms: `Reminder of your appointment: ${shortEn(seen)}.`,
  }),
  turn_soon: ({ number, minutes, office }) => ({
    title: "Your turn is near",
    text: [
      joined(
        [`Your number is ${number}`, `about ${counted("minutesAfter", minutes ?? 10, "en")} to go`, office],
        ", ",
      ).concat("."),
    ],
    sms: `Your turn is near. Number ${number}, in about ${counted("minutesAfter", minutes ?? 10, "en")}.`,
  }),
  your_turn: ({ number, counter, isVideo, visit }) =>
    isVideo
      ? {
          title: "We are calling you by video",
          text: only([`Your number is ${number}. Open your visit and answer.`, visit]),
          sms: joined(["We are calling you by video. Open your visit and answer", visit], ": "),
        }
      : {
          title: "It is your turn",
          text: [`Your number is ${number}. Go to counter ${counter}.`],
          sms: `It is your turn. Number ${number}, counter ${counter}.`,
        },
  missed: (seen) =>
    seen.number !== null
      ? {
          title: "You missed the call",
          text: only([
            `We called your number ${seen.number} and did not see you.`,
            seen.until && `Your place is kept until ${seen.until}: open your number and press “I am here”.`,
          ]),
          sms: `You missed the call of number ${seen.number}.${seen.until ? ` Your place is kept until ${seen.until}.` : ""}`,
        }
      : {
          title: "You missed your appointment",
          text: [`${placeEn(seen)}.`, "Book another time whenever you like."],
          sms: `You missed your appointment ${shortEn(seen)}.`,
        },
  visit_late: ({ number }) => ({
    title: "We are late, and you are first in line now",
    text: [
      `Your number is ${number}. The delay is ours.`,
      "Stay in the waiting room and we call you, or take another time. It does not count against you.",
    ],
    sms: "We are late, and you are first in line now. Stay in the waiting room or take another time.",
  }),
  visit_interrupted: ({ until }) => ({
    title: "Your video visit was interrupted",
    text: [`Your place is kept until ${until}. Open your visit to go on.`],
    sms: `Your video visit was interrupted. Come back before ${until}.`,
  }),
  service_refused: ({ service }) => ({
    title: service ? `Not carried out: ${service}` : "A service that you asked for was not carried out",
    text: ["Why, and what you can do, stands on the page of your video visit."],
    sms: "A service that you asked for in your video visit was not carried out. The page of the visit says why.",
  }),
  visit_minutes: () => ({
    title: "The minutes of your visit are ready",
    text: ["They say who was there, what happened and when, and what came of it. You can print them."],
    sms: "The minutes of your video visit are ready. You find them among your messages.",
  }),
  place_offered: (seen) => ({
    title: "There is a time for you",
    text: only([
      `${placeEn(seen)}.`,
      seen.until && `It is kept for you until ${seen.until}, then offered to the next.`,
    ]),
    sms: `There is a time for you: ${shortEn(seen)}. Take it from your messages before ${seen.until}.`,
  }),
}

const faultsEn: Record<string, string> = {
  office_late: "The office was late for your appointment",
  no_woman: "No woman was at work at the time of your appointment",
} satisfies Record<OfficeFault, string>

const placeEn = ({ service, when, office }: Seen) => joined([service, when, office], ", ")
const shortEn = ({ when, office }: Seen) => joined([when, office], ", ")

const said = { ar, en }

export function messageWords(kind: MessageKind, seen: Seen, lang: Lang): Words {
  return said[lang][kind](seen)
}
