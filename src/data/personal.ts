import { isIP } from 'node:net'
import { EMAIL, isCard, isIban, isPhone } from '../core/personal.ts'
import { GIVEN_NAMES } from './given-names.ts'
import type { Column } from './table.ts'

/** Different values that are looked at. */
const LOOKED_AT = 1000
/** Of a long text the beginning is looked at. */
const MOST_LETTERS = 120
/** Fewer different values are the classes of something, however they look. */
const FEW = 10
const MOST = 0.6

/** How a column is called, as words: `firstName`, `First-Name` → `first_name`. */
function wordsOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\d]+/gu, '_')
    .replace(/^_|_$/g, '')
}

const NAME =
  /^(?:.*_)?(?:(?:first|last|middle|full|given|family|maiden|sur|fore|nick|legal|preferred|birth)_?names?|surname|forename|vorname|nachname|familienname|geburtsname|prenom|apellidos?|cognome|sobrenome|fornavn|efternavn|etternavn|voornaam|achternaam|imie|nazwisko|user_?name)$/
const SOMEBODY =
  /^(?:.*_)?(?:customer|client|patient|employee|person|passenger|student|pupil|teacher|guest|tenant|borrower|applicant|member|contact|card_?holder|account_?holder|holder|spouse|mother|father|parent|child|doctor|physician|nurse|donor|insured|beneficiary|subscriber|respondent|kunden?|mitarbeiter|patienten?)_?names?$/
const PHONE =
  /(?:^|_)(?:tele)?(?:phones?|telephone|tel|mobile|cell|cellphone|fax|msisdn|telefon|handy|rufnummer|whatsapp)(?:_?(?:nr|no|num|numbers?|nummer))?$/
const NUMBERED =
  /(?:^|_)(?:ssn|social_security(?:_(?:number|no))?|svnr|sv_?nummer|sozialversicherungsnummer|national_id|nino|passport(?:_(?:number|no))?|tax_id|iban|(?:credit_)?card_(?:number|no)|credit_card|cc_num(?:ber)?|drivers?_licen[cs]e(?:_(?:number|no))?)$/
const ADDRESS = /(?:^|_)(?:street|address|addr|strasse|adresse|anschrift)(?:_?(?:line)?_?\d)?$/

const STREET =
  /^(?=.*\d)(?=.*(?:\b(?:st|str|street|ave|avenue|road|rd|lane|ln|drive|dr|blvd|boulevard|court|ct|way|platz|weg|gasse|allee|rue|via|calle|avenida|plaza)\b\.?|stra(?:ss|ß)e\b|str\.|gasse\b|weg\b|platz\b))/iu
const SOCIAL_SECURITY = /^\d{3}-\d{2}-\d{4}$/
/** Of a network card; an IPv6 address has more groups, and the time of a day fewer. */
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i
const TITLE = /^(?:mr|mrs|ms|miss|dr|prof|herr|frau|fr|sir|mme|mlle|rev|capt|col|master|don)\.?$/i

/**
 * What personal data a column seems to hold, by its name and by its values: `e-mail addresses`, `names of people`, …;
 * undefined for all others. A few values are categories, unless they can be nothing else.
 */
export function personalData(column: Column): string | undefined {
  if (column.kind === 'time') return undefined
  const name = wordsOf(column.name)
  const values = column.kind === 'category' ? textsOf(column) : numbersOf(column.values)
  if (values.length === 0) return undefined
  const share = (is: (text: string) => boolean): number => values.filter(is).length / values.length
  const many = values.length >= FEW
  // Called as what they look like, they need not be many.
  const called = values.length > 2
  if (column.kind === 'number') {
    if (!column.integer || !called) return undefined
    if (many && share(isCard) >= 0.9) return 'card numbers'
    if (PHONE.test(name) && share((text) => text.length >= 7 && text.length <= 15) >= MOST) return 'telephone numbers'
    return NUMBERED.test(name) && share((text) => text.length >= 6) >= MOST ? 'numbers of documents' : undefined
  }
  // Unlike a name an address can be nothing else: some are enough.
  if (share((text) => EMAIL.test(text)) >= 0.05) return 'e-mail addresses'
  const worded = share((text) => /\p{L}{2}/u.test(text))
  if (NAME.test(name) && worded >= MOST && called) return 'names of people'
  // Check digits are no chance.
  if (share(isIban) >= MOST) return 'account numbers'
  if (called && PHONE.test(name) && share(mayBePhone) >= MOST) return 'telephone numbers'
  if (called && NUMBERED.test(name) && share((text) => /\d{4}/.test(text.replace(/[\s-]/g, ''))) >= MOST)
    return 'numbers of documents'
  if (!many) return undefined
  if (share(isCard) >= MOST) return 'card numbers'
  if (share((text) => SOCIAL_SECURITY.test(text)) >= MOST) return 'social security numbers'
  if (share((text) => isIP(text) !== 0 || MAC.test(text)) >= 0.8) return 'IP addresses'
  if (share(isPhone) >= MOST) return 'telephone numbers'
  if (SOMEBODY.test(name) && worded >= MOST) return 'names of people'
  if (share(isPersonName) >= 0.3) return 'names of people'
  const addressed = share((text) => /\d/.test(text) && /\p{L}{2}/u.test(text))
  return share((text) => STREET.test(text)) >= MOST || (ADDRESS.test(name) && addressed >= 0.5)
    ? 'street addresses'
    : undefined
}

const mayBePhone = (text: string): boolean =>
  /^\+?[\d\s().\-/]+(?:x\s?\d+)?$/i.test(text) && /^\d{6,15}$/.test(text.replace(/\D/g, ''))

/** `Anna Huber`, `Dr. Anna M. Huber`, `Huber, Frau Anna`; by a list of given names. */
function isPersonName(text: string): boolean {
  const [before = '', after] = text.split(',', 2)
  const words = (after ?? before).trim().split(/\s+/)
  const given = words.find((word) => !TITLE.test(word)) ?? ''
  return /^[\p{L}\p{M}.,'’()"\s-]{2,80}$/u.test(text) && GIVEN_NAMES.has(plainLetters(given))
}

const plainLetters = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '')

/** Texts that a column really has, evenly from all of them. */
function textsOf({ codes, dictionary }: Extract<Column, { kind: 'category' }>): readonly string[] {
  const used = [...new Set(codes)].filter((code) => code >= 0)
  return every(used).map((code) => (dictionary[code] as string).slice(0, MOST_LETTERS))
}

function numbersOf(values: Float64Array): readonly string[] {
  return every([...new Set(values.filter((value) => value === value))]).map((value) => String(Math.abs(value)))
}

function every<T>(all: readonly T[]): readonly T[] {
  const step = Math.ceil(all.length / LOOKED_AT)
  return step <= 1 ? all : all.filter((_, i) => i % step === 0)
}
