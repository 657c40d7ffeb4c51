import { inBoth } from "./lang.ts"

/** Who wishes for a woman at the counter, and what women of the staff say of themselves. */
export const wishWords = inBoth({
  ar: {
    title: "من يخدمك",
    anybody: "يخدمك أول من يتفرغ.",
    ask: "أريد موظفة",
    asked: "تنتظر موظفة. لا يناديك غيرها، ومكانك محفوظ.",
    drop: "أقبل أي موظف",
    none: "لا موظفة تعمل الآن. انتظر، أو اختر موعدًا آخر، أو اقبل أي موظف.",
    free: "موظفة متفرغة الآن.",
    freeAt: (time: string) => `يُنتظر أن تتفرغ موظفة نحو ${time}.`,
    book: "احجز موعدًا آخر",
    wishAtDoor: "أريد أن تخدمني موظفة",
    noneYet: "لا موظفة تعمل الآن. إن حان موعدك ولم تأتِ موظفة فاختر موعدًا آخر قبل غيرك، ولا يُحسب عليك غياب.",
    ahead: "يناديك في موعدك أول من يتفرغ.",
    askedAhead: "تناديك في موعدك موظفة. فإن لم تكن موظفة في الدوام ذلك الوقت انتظرت، أو اخترت موعدًا آخر قبل غيرك.",
    row: "ينتظر موظفة",
    ownTitle: "من ينتظر موظفة",
    ownLead: "يستطيع المراجع أن يطلب موظفة. من قالت إنها موظفة جاءها من طلب ذلك، ولا يلزم أحدًا أن يقول شيئًا.",
    ownFemale: "أنا موظفة",
    ownMale: "أنا موظف",
    ownUnsaid: "لا أريد أن أقول",
  },
  en: {
    title: "Who serves you",
    anybody: "Whoever is free first serves you.",
    ask: "Ask for a woman",
    asked: "You wait for a woman. Nobody else calls you, and your place is kept.",
    drop: "Anybody may serve me",
    none: "No woman is at work now. Wait, choose another time, or let anybody serve you.",
    free: "A woman is free now.",
    freeAt: (time: string) => `A woman is expected to be free at about ${time}.`,
    book: "Book another time",
    wishAtDoor: "I would like a woman to serve me",
    noneYet:
      "No woman is at work now. If your time comes without her, you choose another time first, and it counts as no absence.",
    ahead: "At your appointment, whoever is free first calls you.",
    askedAhead:
      "At your appointment a woman calls you. If none is at work then, you wait, or choose another time before others.",
    row: "waits for a woman",
    ownTitle: "Who waits for a woman",
    ownLead:
      "People may ask for a woman at the counter. Say that you are one, and they come to you. Nobody has to say.",
    ownFemale: "I am a woman",
    ownMale: "I am a man",
    ownUnsaid: "I would rather not say",
  },
})
