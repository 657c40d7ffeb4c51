import type { RefusalCode } from "../base/refusal.ts"
import type { Lang } from "./lang.ts"

/** What a refusal says: what happened, and what to do now. Details with instants and alternatives are shown by the page beside it. */
export interface RefusalWords {
  title: string
  help: string
}

export function refusalWords(code: RefusalCode, lang: Lang): RefusalWords {
  const [ar, arHelp, en, enHelp] = texts[code]
  return lang === "ar" ? { title: ar, help: arHelp } : { title: en, help: enHelp }
}

/** The same to a program, which has a key and no page to come back to. */
export function programWords(code: RefusalCode, lang: Lang): RefusalWords {
  const row = toPrograms[code]
  if (!row) return refusalWords(code, lang)
  const [ar, arHelp, en, enHelp] = row
  return lang === "ar" ? { title: ar, help: arHelp } : { title: en, help: enHelp }
}

/** What a program is told of a bug of ours. */
export const bugWords: Record<Lang, RefusalWords> = {
  ar: { title: "حدث خطأ لدينا", help: "لم يُحفظ شيء. أعد المحاولة، أو أرسل لنا رقم الطلب." },
  en: {
    title: "Something went wrong on our side",
    help: "Nothing was saved. Try again, or send us the request's number.",
  },
}

type Row = [title: string, help: string, titleEn: string, helpEn: string]

const toPrograms: Partial<Record<RefusalCode, Row>> = {
  not_signed_in: [
    "هذا الطلب يحتاج إلى مفتاح",
    "أرسل المفتاح في الترويسة: Authorization: Bearer.",
    "This call needs a key",
    "Send it in the header: Authorization: Bearer.",
  ],
  forbidden: [
    "لا يحق لهذا المفتاح أن يفعل هذا",
    "استخدم مفتاحًا له هذه الصلاحية. وما يخصّ شخصًا يحتاج إلى موافقته أيضًا.",
    "This key may not do this",
    "Use one that has the right for it. What is about a person needs that person's consent as well.",
  ],
  idempotency_mismatch: [
    "استُخدم مفتاح التكرار نفسه مع طلب مختلف",
    "استخدم مفتاحًا جديدًا لكل طلب جديد.",
    "The same idempotency key came with another request",
    "Use a new key for every new request.",
  ],
  not_found: [
    "لا يوجد شيء بهذا العنوان أو المعرّف",
    "قارن العنوان بوصفه في /openapi.json؛ وما يخصّ غير صاحب المفتاح لا يجده.",
    "There is nothing by that address or id",
    "Compare the address with /openapi.json. What belongs to others is not found by this key.",
  ],
  method_not_allowed: [
    "هذا العنوان لا يقبل هذه الطريقة",
    "الطرق المقبولة مبيّنة في «allowed» وفي الترويسة Allow.",
    "This address does not take that method",
    "Those that it takes are in “allowed” and in the header Allow.",
  ],
  malformed: [
    "لم نفهم الطلب",
    "قارن الترويسات والنص بوصف هذه العملية في /openapi.json؛ السبب في «why» حيث نعرفه.",
    "The request could not be read",
    "Compare headers and body with this call in /openapi.json; “why” says the reason where it is known.",
  ],
  invalid_field: [
    "بعض الخانات تحتاج إلى تصحيح",
    "الخانات مبيّنة في «fields»، وكيف تُكتب في /openapi.json.",
    "Some fields need to be corrected",
    "They are named in “fields”; /openapi.json says how they are written.",
  ],
}

const texts: Record<RefusalCode, Row> = {
  connection_unknown: [
    "لم يكتمل الاتصال بين الصفحتين بعد",
    "انتظر حتى تريا بعضكما، ثم اطلب التأكيد من جديد.",
    "The two pages are not connected to each other yet",
    "Wait until you see each other, then ask for the confirmation again.",
  ],
  confirmation_stale: [
    "تغيّر شيء منذ طُلب منك التأكيد",
    "لم يُنفّذ شيء. يطلب منك الموظف التأكيد من جديد.",
    "Something has changed since you were asked to confirm",
    "Nothing was carried out. The agent asks you anew.",
  ],
  service_refused: [
    "لا تجيز القواعد هذا الطلب",
    "السبب مكتوب بجانب الطلب.",
    "The rules do not allow this",
    "The reason stands beside the request.",
  ],
  identity_needed: [
    "لم يُتحقق من الهوية بالقدر الذي تطلبه هذه الخدمة",
    "أكمل التحقق في هذه الزيارة ثم أعد المحاولة.",
    "This service needs to be surer of who it is",
    "Complete the check of identity in this visit, then try again.",
  ],
  recording_needed: [
    "لا تُنفّذ هذه الخدمة إلا والزيارة مسجلة",
    "شغّل التسجيل بموافقة المراجع، أو دُلّه على المكتب أو الموقع: الخدمة متاحة له هناك.",
    "This service is carried out only while the visit is recorded",
    "Start the recording with the person's consent, or lead them to a counter or the website.",
  ],
  permit_valid: [
    "لمن تطلب له تصريح سارٍ",
    "ألغِ الساري ثم أصدر غيره، ولا يسري تصريحان معًا.",
    "There is a valid permit already",
    "Cancel it, then issue another one. No two are valid at a time.",
  ],
  permit_gone: [
    "لم يعد هذا التصريح ساريًا",
    "لم يُنفّذ شيء. حدّث الصفحة لترى التصاريح كما هي الآن.",
    "This permit is no longer valid",
    "Nothing was done. Reload the page to see the permits as they are now.",
  ],
  recording_moved: [
    "وصلنا من هذا التسجيل غير ما أُرسل",
    "تتابع الصفحة من حيث انتهى ما وصل.",
    "We have another part of this recording than the one sent",
    "The page goes on from where we are.",
  ],
  recording_stopped: [
    "لا يُسجَّل هذا الجزء من المكالمة",
    "لم يوافق الجميع، أو أُوقف التسجيل في هذا الوقت.",
    "This part of the call is not recorded",
    "Not everybody has agreed, or the recording was stopped at that time.",
  ],
  text_changed: [
    "تغيّر النص بعد أن قرأته",
    "اقرأ النص كما هو الآن، ثم أجب.",
    "The text has changed since you read it",
    "Read it as it is now, then answer.",
  ],
  of_age: [
    "بلغ من تحجز له السن، وصار يحجز بنفسه",
    "لم تعد تنوب عنه بصفتك ولي أمره. يستطيع أن يعيّنك وكيلًا من صفحة الأسرة في حسابه.",
    "Whom you book for has come of age",
    "You are no longer their guardian. In their account they can name you their proxy.",
  ],
  right_ended: [
    "انتهى حقك في النيابة عن هذا الشخص",
    "هذا ما يرد في السجل الآن. إن كان لديك صك جديد فأضفه في أقرب مكتب.",
    "Your right to act for this person has ended",
    "That is what the registry says now. If you have a new deed, bring it to the nearest office.",
  ],
  proxy_ended: [
    "انتهت هذه الوكالة",
    "لم يُحفظ شيء. اطلب ممن وكّلك أن يعيّنك من جديد إن شاء.",
    "This proxy has ended",
    "Nothing was saved. Whoever named you can name you again.",
  ],
  proxy_scope: [
    "وكالتك لا تشمل هذا",
    "اطلع في صفحة الأسرة على ما تشمله. من وكّلك وحده يوسّعها.",
    "Your proxy does not cover this",
    "The household page says what it covers. Only whoever named you can widen it.",
  ],
  proxy_limit: [
    "لديك أقصى عدد من الوكلاء",
    "أنهِ إحدى الوكالات أولًا، ثم عيّن وكيلًا آخر.",
    "You have as many proxies as there can be",
    "End one of them first, then name another.",
  ],
  account_needed: [
    "هذا يحتاج إلى حسابك",
    "دخلت دون حساب: للحجز والتغيير والإلغاء ومتابعة الدور. لغير ذلك سجّل الدخول إلى حسابك.",
    "This needs your account",
    "Without an account you book, move, cancel and follow your turn. For more, sign in.",
  ],
  malformed: [
    "لم نفهم الطلب",
    "ارجع إلى الصفحة السابقة وأعد المحاولة.",
    "We could not read the request",
    "Go back and try again.",
  ],
  invalid_field: [
    "بعض الخانات تحتاج إلى تصحيح",
    "صحّح الخانات المبيّنة ثم أرسل من جديد.",
    "Some fields need correcting",
    "Correct the fields that are marked and send again.",
  ],
  bad_time: ["هذا الوقت غير صحيح", "اختر وقتًا من القائمة.", "That is not a time", "Choose a time from the list."],
  not_signed_in: [
    "سجّل الدخول أولًا",
    "نعيدك إلى هذه الصفحة بعد الدخول.",
    "Sign in first",
    "You come back to this page afterwards.",
  ],
  bad_token: [
    "رمز الوصول غير صالح",
    "استخدم رمزًا ساريًا أو اطلب رمزًا جديدًا من المشرف.",
    "The access token is not valid",
    "Use one that is in force, or ask the supervisor for a new one.",
  ],
  key_in_address: [
    "لا يوضع المفتاح في العنوان",
    "العناوين تبقى في السجلات. أرسله في ترويسة Authorization، وألغِ هذا المفتاح واصنع غيره.",
    "A key does not belong in an address",
    "Addresses stay in logs. Send it in the Authorization header; revoke this one and make another.",
  ],
  wrong_credentials: [
    "الرقم أو كلمة المرور غير صحيحة",
    "تحقّق منهما ثم أعد المحاولة.",
    "The number or the password is not right",
    "Check both and try again.",
  ],
  passkey_refused: [
    "لم يُقبل مفتاح المرور",
    "أعد المحاولة، أو استخدم مفتاح مرور آخر.",
    "The passkey was not accepted",
    "Try again, or use another passkey.",
  ],
  passkey_known: [
    "مفتاح المرور هذا مسجّل من قبل",
    "استخدمه كما هو، أو أضف مفتاحًا من جهاز آخر.",
    "That passkey is registered already",
    "Use it as it is, or add one from another device.",
  ],
  passkey_limit: [
    "بلغت الحدّ الأعلى لمفاتيح المرور",
    "احذف مفتاحًا لا تستخدمه ثم أضف هذا.",
    "You have as many passkeys as one account may have",
    "Remove one that you do not use, then add this.",
  ],
  last_passkey: [
    "هذا آخر مفتاح مرور لديك",
    "أضف مفتاحًا آخر أولًا حتى لا تفقد الدخول إلى حسابك.",
    "This is your last passkey",
    "Add another one first, so that you do not lose your account.",
  ],
  code_refused: [
    "لم يُقبل الرمز",
    "تحقّق من الرمز. ما استُخدم مرة أو انتهت مدته لا يُقبل ثانية.",
    "That code was not accepted",
    "Check it. One that was used or has run out is not accepted again.",
  ],
  step_up_needed: [
    "نحتاج إلى التأكد من أنك أنت",
    "أكّد بمفتاح المرور ثم أعد المحاولة.",
    "We need to make sure that it is you",
    "Confirm with your passkey, then try again.",
  ],
  account_held: [
    "هذا الإجراء موقوف مؤقتًا حمايةً لحسابك",
    "استُعيد حسابك قبل أقل من يوم. تجد في صفحة أمان حسابك متى ينتهي الإيقاف.",
    "This is on hold to protect your account",
    "The account was won back less than a day ago. Its security page says until when.",
  ],
  confirmation_over: [
    "انتهت مدة هذا التأكيد",
    "ارجع إلى الصفحة واطلبه من جديد.",
    "This confirmation is over",
    "Go back to the page and ask for it again.",
  ],
  forbidden: [
    "هذه الصفحة ليست ضمن صلاحياتك",
    "إن كنت تحتاج إليها فاطلبها من المشرف.",
    "You may not do this",
    "If you need it for your work, ask your supervisor.",
  ],
  second_person: [
    "يلزم شخص آخر",
    "لا يوافق أحد على ما طلبه هو أو ما يخصّه. اطلب من زميل له الصلاحية نفسها.",
    "It takes somebody else",
    "Nobody approves what they asked for, or what is about themselves. Ask a colleague with the same authority.",
  ],
  own_rights: [
    "لا تغيّر صلاحياتك بنفسك",
    "اطلب ذلك من زميل له صلاحية على مكتبك.",
    "Nobody changes their own rights",
    "Ask a colleague with authority over your office.",
  ],
  request_over: [
    "أُغلق هذا الطلب",
    "بُتّ فيه أو سُحب أو انتهت مدته، أو تغيّر ما بُني عليه. افتحه لترى حاله، أو قدّم طلبًا جديدًا.",
    "This request is closed",
    "It was decided, withdrawn or ran out, or what it was based on has changed. Open it to see, or ask anew.",
  ],
  request_open: [
    "هناك طلب مفتوح لهذا الشخص",
    "ينتظر موافقة. بعد البتّ فيه يمكن تقديم غيره.",
    "A request about this person is open already",
    "It waits for approval. Once it is decided, another can be made.",
  ],
  login_taken: ["اسم الدخول مستخدم", "اختر اسمًا آخر.", "This login is taken", "Choose another."],
  has_account: [
    "لهذا الشخص حساب",
    "إن فقد كل وسائل الدخول فابدأ تجديد دخوله: يلزم له موافقة مشرف.",
    "This person has an account",
    "If every way into it is lost, start a reset: it takes a supervisor's approval.",
  ],
  passkey_synced: [
    "هذا المفتاح يُنسخ بين الأجهزة",
    "جهتك تطلب مفتاحًا لا يغادر جهازه. استخدم مفتاح أمان (USB أو NFC)، أو مفتاح هذا الحاسوب نفسه.",
    "This passkey is copied between devices",
    "Your agency wants one that stays on its device. Use a security key (USB or NFC) or this computer's own.",
  ],
  forged_request: [
    "لم نقبل الطلب لأنه لم يصدر من صفحاتنا",
    "حدّث الصفحة ثم أعد المحاولة.",
    "The request did not come from our own pages",
    "Reload the page and try again.",
  ],
  not_found: [
    "لم نجد ما تبحث عنه",
    "ربما تغيّر الرابط، أو أن المطلوب ليس لحسابك.",
    "We did not find that",
    "The link may have changed, or it belongs to another account.",
  ],
  method_not_allowed: [
    "هذا الإجراء غير متاح هنا",
    "ارجع إلى الصفحة السابقة.",
    "That cannot be done here",
    "Go back to the page before.",
  ],
  not_acceptable: [
    "لا نستطيع الردّ بهذه الصيغة",
    "اطلب JSON أو HTML.",
    "We cannot answer in that form",
    "Ask for JSON or HTML.",
  ],
  too_large: [
    "ما أرسلته أكبر من المسموح",
    "اختصره ثم أعد الإرسال.",
    "What you sent is too large",
    "Shorten it and send again.",
  ],
  unsupported_type: [
    "صيغة الطلب غير مدعومة",
    "أرسل الطلب بصيغة application/json.",
    "That content type is not supported",
    "Send the request as application/json.",
  ],
  idempotency_mismatch: [
    "أُرسلت هذه الصفحة من قبل بمعلومات أخرى",
    "تمّ ما أرسلته أولًا. لطلب آخر ابدأ من جديد.",
    "This page was sent before, with something else in it",
    "What was sent first is done. For anything else, begin anew.",
  ],
  too_many_requests: [
    "محاولات كثيرة في وقت قصير",
    "انتظر قليلًا ثم أعد المحاولة.",
    "Too many tries in a short time",
    "Wait a little and try again.",
  ],
  headers_too_large: [
    "الطلب أكبر من المسموح",
    "أعد المحاولة من متصفح جديد.",
    "The request is too large",
    "Try again from a fresh browser.",
  ],
  unavailable: [
    "الخدمة مشغولة الآن",
    "لم يُحفظ شيء. أعد المحاولة بعد لحظات.",
    "We are busy right now",
    "Nothing was saved. Try again in a moment.",
  ],
  store_busy: [
    "الخدمة مشغولة الآن",
    "لم يُحفظ شيء. أعد المحاولة بعد لحظات.",
    "We are busy right now",
    "Nothing was saved. Try again in a moment.",
  ],

  slot_full: [
    "امتلأ هذا الموعد قبل لحظات",
    "ما كتبته محفوظ. اختر وقتًا آخر.",
    "That time was taken a moment ago",
    "What you typed is kept. Choose another time.",
  ],
  slot_unknown: [
    "لا يوجد موعد في هذا الوقت",
    "اختر وقتًا من القائمة.",
    "There is no appointment at that time",
    "Choose a time from the list.",
  ],
  slot_past: ["مضى هذا الوقت", "اختر وقتًا لاحقًا.", "That time has passed", "Choose a later time."],
  too_soon: [
    "هذا الوقت قريب جدًا",
    "اختر وقتًا أبعد قليلًا، أو خذ رقمًا من المكتب.",
    "That time is too near",
    "Choose a later one, or take a number at the office.",
  ],
  too_far: [
    "لم يُفتح الحجز لهذا اليوم بعد",
    "اختر يومًا أقرب.",
    "That day is not open for booking yet",
    "Choose an earlier day.",
  ],
  hold_expired: [
    "انتهت مدة الحجز المؤقت وأُخذ الوقت",
    "ما كتبته محفوظ. اختر وقتًا آخر.",
    "The ten minutes ran out and the time was taken",
    "What you typed is kept. Choose another time.",
  ],
  hold_gone: [
    "هذا الحجز المؤقت لم يعد قائمًا",
    "اختر الوقت من جديد.",
    "That hold is no longer there",
    "Choose the time again.",
  ],
  hold_limit: [
    "حجزت هذا الوقت مؤقتًا مدة طويلة دون تأكيد",
    "أكّد الموعد، أو عد بعد قليل.",
    "You have kept times for long without confirming",
    "Confirm one, or come back a little later.",
  ],
  limit_reached: [
    "بلغت الحدّ الأعلى للمواعيد القائمة",
    "ألغِ موعدًا لا تحتاج إليه ثم احجز هذا.",
    "You have as many open appointments as one person may have",
    "Cancel one that you do not need, then book this.",
  ],
  already_booked: [
    "لديك موعد قائم لهذه الخدمة",
    "يمكنك تعديل وقته بدل حجز موعد ثانٍ.",
    "You already have an appointment for this service",
    "Move it to another time instead of booking a second.",
  ],
  not_for_you: [
    "لا يمكنك الحجز لهذا الشخص",
    "يمكنك الحجز لنفسك ولأفراد أسرتك المسجّلين.",
    "You may not book for that person",
    "You may book for yourself and your registered family.",
  ],
  too_many_people: [
    "عدد الأشخاص أكبر من المسموح في زيارة واحدة",
    "قسّم الزيارة على موعدين.",
    "That is more people than one visit may have",
    "Make it two appointments.",
  ],
  service_not_here: [
    "هذا المكتب لا يقدّم هذه الخدمة",
    "اختر مكتبًا آخر من صفحة الخدمة.",
    "This office does not offer that service",
    "Choose another office on the service's page.",
  ],
  service_online_only: [
    "هذه الخدمة إلكترونية فقط",
    "أنجزها من صفحتها دون زيارة.",
    "This service is online only",
    "Do it on its page, without a visit.",
  ],
  office_closed: [
    "المكتب مغلق الآن",
    "اطّلع على أوقات الدوام واحجز موعدًا.",
    "The office is closed now",
    "See its hours and book an appointment.",
  ],
  wants_another: [
    "هذا الشخص ينتظر موظفة",
    "يبقى مكانه في الدور حتى تناديه موظفة، أو يقبل غيرها.",
    "This person waits for a woman",
    "Their place stays until a woman calls them, or they take anybody.",
  ],
  picture_missing: [
    "تنقص الصورتان أو إحداهما",
    "تلزم الصورة من صفحة المراجع والصورة من صفحتك. التقطهما ثم أجب، أو قل إن الخطوة غير ممكنة.",
    "A picture is missing",
    "Take the one of the person's page and the one of yours, or say that the step was not possible.",
  ],
  file_unknown: [
    "هذا النوع من الملفات غير مقبول",
    "أرسل PDF أو صورة PNG أو JPEG أو WebP. النوع يُعرف من محتوى الملف لا من اسمه.",
    "That kind of file is not taken",
    "Send a PDF, or a picture as PNG, JPEG or WebP. The content says what it is, not the name.",
  ],
  wrong_state: [
    "تغيّرت الحالة قبل لحظات",
    "حدّث الصفحة لترى الحالة الآن.",
    "It has changed a moment ago",
    "Reload to see how it stands now.",
  ],
  same_slot: [
    "هذا هو وقت موعدك الحالي",
    "اختر وقتًا مختلفًا.",
    "That is the time you already have",
    "Choose a different one.",
  ],
  waiting_limit: [
    "أنت في أكبر عدد ممكن من قوائم الانتظار",
    "اخرج من قائمة لا تحتاج إليها ثم انضم إلى هذه.",
    "You are on as many waiting lists as one person may be",
    "Leave one that you do not need, then join this.",
  ],
  waiting_already: [
    "أنت في قائمة الانتظار هذه من قبل",
    "تجدها في مواعيدك.",
    "You are on this waiting list already",
    "You find it under your appointments.",
  ],
  times_free: [
    "توجد أوقات متاحة الآن",
    "خذ أحدها، فلا حاجة إلى الانتظار.",
    "There are free times now",
    "Take one of them: there is no need to wait.",
  ],
  none_earlier: [
    "لم يعد ممكنًا أن يُتاح وقت قبل موعدك",
    "يبقى موعدك كما هو.",
    "No time before your appointment can come free any more",
    "Your appointment stays as it is.",
  ],
  offer_over: [
    "لم يعد هذا الوقت محفوظًا لك",
    "انتقل إلى من بعدك في القائمة. اختر وقتًا آخر أو انضم من جديد.",
    "This time is no longer kept for you",
    "It went to the next on the list. Choose another time, or join again.",
  ],

  booking_unknown: [
    "لم نجد موعدًا بهذه البيانات اليوم",
    "تحقّق من رقم الموعد، أو خذ رقمًا بدون موعد، أو اسأل أي موظف.",
    "We found no appointment with that",
    "Check the appointment number, take a number without an appointment, or ask any agent.",
  ],
  not_today: [
    "موعدك ليس اليوم",
    "تجد يومه ووقته في إشعار الموعد.",
    "Your appointment is not today",
    "Its day and time are on your slip.",
  ],
  too_early: [
    "وصلت مبكرًا",
    "عد في الوقت المبيّن لتسجّل وصولك.",
    "You are early",
    "Come back at the time shown to check in.",
  ],
  hall_code_wrong: [
    "انتهت صلاحية رمز الصالة",
    "امسح الرمز الظاهر على الشاشة الآن.",
    "The hall's code has changed",
    "Scan the one that the screen shows now.",
  ],
  number_required: [
    "نحتاج إلى رقم هوية أو جوال",
    "اكتب أحدهما لنعطيك رقم دور.",
    "We need an identity or mobile number",
    "Type one of them to get your number.",
  ],
  number_invalid: [
    "الرقم غير صحيح",
    "رقم الهوية عشر خانات يبدأ بـ 1 أو 2، والجوال يبدأ بـ 05.",
    "That number is not right",
    "An identity number has ten digits and begins with 1 or 2; a mobile begins with 05.",
  ],
  booking_only: [
    "هذه الخدمة بموعد مسبق فقط",
    "احجز موعدًا من هذه الأوقات.",
    "This service needs an appointment",
    "Book one of these times.",
  ],
  already_waiting: [
    "لهذا الرقم دور قائم اليوم",
    "أعد طباعته إن كان هنا، أو غادر الدور الذي في مكتب آخر أو بالفيديو، أو اسأل أي موظف.",
    "There is a number for this person today already",
    "Print it again if it is of this office; else leave that other queue (or the video visit), or ask an agent.",
  ],
  day_full: [
    "لا نستطيع خدمتك اليوم قبل الإغلاق",
    "لا نريد أن تنتظر بلا فائدة. احجز أحد هذه الأوقات.",
    "We cannot serve you today before closing",
    "So that you do not wait for nothing, book one of these times.",
  ],
  already_arrived: [
    "سُجّل وصولك من قبل",
    "رقم دورك محفوظ، ويمكنك طباعته من جديد.",
    "You have checked in already",
    "Your number is kept; you can print it again.",
  ],

  counter_busy: [
    "في الشباك رقم لم يُنهَ بعد",
    "أتمّ خدمته أو علّقها، ثم نادِ التالي.",
    "There is a ticket in hand at this counter",
    "Finish or park it, then call the next.",
  ],
  counter_taken: [
    "يعمل على هذا الشباك موظف آخر",
    "اختر شباكًا غيره.",
    "Somebody else is at this counter",
    "Choose another.",
  ],
  counter_closed: ["الشباك مغلق", "افتح الشباك أولًا.", "The counter is closed", "Open it first."],
  no_counter: ["اختر شباكًا أولًا", "اختر شباكًا خاليًا لتبدأ.", "Choose a counter first", "Pick a free one to begin."],
  not_your_counter: [
    "هذا الرقم عند شباك آخر",
    "لا يغيّره إلا موظف ذلك الشباك أو المشرف.",
    "That ticket is at another counter",
    "Only its agent or a supervisor can change it.",
  ],
  last_counter: [
    "لا يخدم هؤلاء المنتظرين شباك آخر",
    "افتح شباكًا آخر أولًا، أو أكّد الإغلاق.",
    "No other counter serves the people who wait",
    "Open another first, or confirm that you are closing.",
  ],
  unfinished_request: [
    "في الزيارة طلب لم يكتمل",
    "نفّذه أو اتركه أولًا، أو أكّد أنك تنهي الزيارة وتتركه.",
    "A request of this visit is not finished",
    "Carry it out or give it up first, or confirm that you finish the visit and give it up.",
  ],
  nothing_to_undo: [
    "لا يوجد ما يُتراجع عنه",
    "يمكن التراجع عن آخر خطوة لموظف فقط.",
    "There is nothing to undo",
    "Only an agent's last step can be undone.",
  ],
  undo_too_late: [
    "انتهت مهلة التراجع",
    "يمكن التراجع خلال 30\u00a0ثانية فقط.",
    "It is too late to undo",
    "Undo works for 30\u00a0seconds.",
  ],
  target_closed: [
    "الجهة المحوَّل إليها مغلقة",
    "اختر خدمة أو مكتبًا مفتوحًا الآن.",
    "Where you want to send them is closed",
    "Choose a service or an office that is open now.",
  ],
  returned_already: [
    "عدت إلى الدور مرة من قبل",
    "راجع أي موظف ليساعدك.",
    "You have come back once already",
    "Ask any agent for help.",
  ],

  erasure_blocked: [
    "لا يمكن حذف بياناتك الآن",
    "ما زال لديك ما لم يكتمل. أكمله أو ألغه، ثم اطلب الحذف من جديد.",
    "Your data cannot be erased yet",
    "Something of yours is still open. Finish or cancel it, then ask again.",
  ],
  request_ended: [
    "أُغلق هذا الطلب من قبل",
    "حدّث الصفحة لترى ما تقرر فيه.",
    "This request is closed already",
    "Load the page again to see what was decided.",
  ],
  day_past: ["مضى هذا اليوم", "اختر يومًا لاحقًا.", "That day has passed", "Choose a later one."],
  hours_overlap: [
    "فترتا دوام متداخلتان",
    "صحّح الأوقات ثم احفظ.",
    "Two sessions overlap",
    "Correct the hours and save again.",
  ],
  setup_invalid: [
    "في ملف الإعداد خطأ",
    "صحّحه ثم أعد التشغيل.",
    "The setup file has a mistake",
    "Correct it and run again.",
  ],
  version_moved: [
    "غيّر شخص آخر هذا قبل لحظات",
    "راجع ما تغيّر ثم احفظ من جديد.",
    "Somebody else changed this a moment ago",
    "Look at what changed and save again.",
  ],
  pairing_unknown: [
    "لا توجد شاشة تعرض هذا الرمز الآن",
    "تحقّق من الحروف. يتغيّر الرمز كل خمس دقائق، فاقرأه من الشاشة من جديد.",
    "No screen shows that code now",
    "Check the letters. The code changes every five minutes: read it from the screen again.",
  ],
}
