import type { DocumentKind, RevokedWhy } from "../../db/schema/documents.ts"
import type { Standing } from "../domain/documents/rules.ts"
import { inBoth, type Lang } from "./lang.ts"

/** Checking a document that the house has issued. */
export const verifyWords = inBoth({
  ar: {
    title: "تحقق من مستند",
    heldTitle: "مستندات صدرت لك",
    lead: "اكتب رمز المستند كما هو مطبوع عليه، أو وجّه كاميرا هاتفك إلى المربع المطبوع.",
    code: "رمز المستند",
    codeHint: "28 حرفًا ورقمًا. لا يهم الحرف الكبير والصغير ولا الشرطات.",
    check: "تحقق",
    again: "تحقق من مستند آخر",
    unknown: "لم نصدر مستندًا بهذا الرمز",
    unknownHelp: "قارن الرمز بالورقة حرفًا حرفًا. إن كان كما كتبته فلا تعتمد على المستند.",
    what: "المستند",
    goodFor: "صالح لـ",
    wasGoodFor: "كان صالحًا لـ",
    stillAllowed: "بعد الإلغاء",
    office: "أصدره",
    issuedAt: "صدر في",
    until: "صالح حتى",
    untilEndOf: (day: string) => `نهاية يوم ${day}`,
    wasUntil: "كان صالحًا حتى",
    noEnd: "بلا تاريخ انتهاء",
    revokedAt: "أُلغي في",
    revokedWhy: "السبب",
    about: "عن",
    numberEnds: "رقم ينتهي بـ",
    masked: "نعرض أول حرف من كل اسم وآخر أرقامه فقط. قارنها بالورقة.",
    erased: "طلب صاحبه محو بياناته، فلا نعرف عنه أكثر من هذا.",
    signed: "توقيع المكتب صحيح: لم يتغير شيء مما صدر.",
    signedNot: "التوقيع لا يطابق ما هو محفوظ. لا تعتمد على المستند، وأخبر المكتب.",
    ownCheck: "تحقق من التوقيع بنفسك",
    ownCheckHow: "هذا هو النص الموقّع، وتوقيعه بمفتاح Ed25519، والمفتاح العام:",
    signedText: "النص الموقّع",
    signature: "التوقيع (base64url)",
    publicKey: "المفتاح العام",
    print: "اطبع",
    checkHere: "تحقق من هذا المستند",
    qr: "رمز مربع يفتح صفحة التحقق من هذا المستند",
  },
  en: {
    title: "Check a document",
    heldTitle: "Documents issued to you",
    lead: "Type the document's code as it is printed, or point your phone's camera at the printed square.",
    code: "The document's code",
    codeHint: "28 letters and digits. Capitals and hyphens do not matter.",
    check: "Check",
    again: "Check another document",
    unknown: "We have issued no document with this code",
    unknownHelp:
      "Compare the code with the paper, letter by letter. If it is as you typed it, do not rely on the document.",
    what: "Document",
    goodFor: "Good for",
    wasGoodFor: "Was good for",
    stillAllowed: "Since then",
    office: "Issued by",
    issuedAt: "Issued on",
    until: "Valid until",
    untilEndOf: (day: string) => `the end of ${day}`,
    wasUntil: "Was valid until",
    noEnd: "No end date",
    revokedAt: "Cancelled on",
    revokedWhy: "Reason",
    about: "About",
    numberEnds: "number ending in",
    masked: "We show only the first letter of each name and the last digits. Compare them with the paper.",
    erased: "Its holder has had their data erased, so this is all that we know of it.",
    signed: "The office's signature is right: nothing has changed since it was issued.",
    signedNot: "The signature does not fit what is kept. Do not rely on the document, and tell the office.",
    ownCheck: "Check the signature yourself",
    ownCheckHow: "This is the signed text, its Ed25519 signature, and the public key:",
    signedText: "Signed text",
    signature: "Signature (base64url)",
    publicKey: "Public key",
    print: "Print",
    checkHere: "Check this document",
    qr: "A square code that opens the page on which this document is checked",
  },
})

/** The one thing that whoever checks wants to know, in big words. */
export const standingWords: Record<Lang, Record<Standing, string>> = {
  ar: { valid: "ساري", expired: "انتهت صلاحيته", cancelled: "ملغى", broken: "لا تعتمد عليه" },
  en: { valid: "Valid", expired: "Expired", cancelled: "Cancelled", broken: "Do not rely on it" },
}

export const documentKinds: Record<Lang, Record<DocumentKind, string>> = {
  ar: {
    minutes: "محضر زيارة مرئية",
    permit: "تصريح",
    certificate: "شهادة",
    decision: "قرار",
    receipt: "إيصال",
  },
  en: {
    minutes: "Minutes of a video visit",
    permit: "Permit",
    certificate: "Certificate",
    decision: "Decision",
    receipt: "Receipt",
  },
}

export const revokedWords: Record<Lang, Record<RevokedWhy, string>> = {
  ar: {
    replaced: "حلّ محله مستند آخر",
    withdrawn: "سحبه المكتب",
    mistake: "صدر خطأً",
    cancelled_by_guardian: "ألغاه ولي الأمر",
  },
  en: {
    replaced: "Another document took its place",
    withdrawn: "The office withdrew it",
    mistake: "It was issued by mistake",
    cancelled_by_guardian: "The guardian cancelled it",
  },
}
