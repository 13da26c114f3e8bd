/** An e-mail address, also one of which the middle was starred out. */
export const EMAIL = /[\p{L}\p{N}._%+*'-]+@[\p{L}\p{N}*-]+(?:\.[\p{L}\p{N}*-]+)*\.\p{L}{2,}/u
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b/
const CARD = /\b(?:\d[ -]?){12,18}\d\b/
const INTERNATIONAL_PHONE = /\+\d[\d\s().\-/]{6,20}\d/
/** Of the United States and Canada, and of countries where a number begins with 0. */
const NATIONAL_PHONE =
  /^(?:(?:\+?1[\s.-])?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}|0\d{1,5}[\s/-]\d[\d\s/-]{4,12}\d)(?:\s*(?:x|ext\.?)\s*\d+)?$/i

/** `03/11/2026` and `03 11 26`: digits and separators of a telephone number. */
const DATE = /^\d{1,2}([\s/-])\d{1,2}\1(?:\d{4}|\d{2})(?:\s.*)?$/

export const isIban = (text: string): boolean => new RegExp(`^${IBAN.source}$`).test(text) && hasIbanDigits(text)
export const isCard = (text: string): boolean => new RegExp(`^${CARD.source}$`).test(text) && hasCardDigit(text)
export const isPhone = (text: string): boolean =>
  new RegExp(`^${INTERNATIONAL_PHONE.source}$`).test(text) || (NATIONAL_PHONE.test(text) && !DATE.test(text))

/** ISO 13616: the rest modulo 97 is 1. */
function hasIbanDigits(text: string): boolean {
  const plain = text.replaceAll(' ', '')
  const digits = [...plain.slice(4), ...plain.slice(0, 4)].map((letter) => Number.parseInt(letter, 36)).join('')
  let rest = 0
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1
}

/** Luhn’s check digit, ISO/IEC 7812. */
function hasCardDigit(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number).toReversed()
  const sum = digits.reduce((total, digit, i) => {
    const twice = i % 2 === 1 ? digit * 2 : digit
    return total + (twice > 9 ? twice - 9 : twice)
  }, 0)
  return sum % 10 === 0
}

/**
 * A cell as an example of a message, which a log, a record and a pull request keep: e-mail addresses, telephone, account
 * and card numbers in it are left out. A place says where to look.
 */
export function withoutPersonal(text: string): string {
  return text
    .replace(new RegExp(EMAIL, 'gu'), '[e-mail address]')
    .replace(new RegExp(IBAN, 'g'), (found) => (hasIbanDigits(found) ? '[account number]' : found))
    .replace(new RegExp(CARD, 'g'), (found) =>
      hasCardDigit(found) && found.trim() === text.trim() ? '[card number]' : found,
    )
    .replace(new RegExp(INTERNATIONAL_PHONE, 'g'), '[telephone number]')
}
