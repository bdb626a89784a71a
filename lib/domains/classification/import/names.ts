/**
 * What a column's name says of it. Names are read as words, whatever joins them (`birthDate`,
 * `birth_date`, `BIRTH-DATE`); the first rule that matches counts.
 */
import type { Classification, Handling } from '../levels';

export interface Finding {
  classification: Classification;
  handling: Handling;
  /** What it is, as in "its name says …". */
  what: string;
}

interface Rule extends Finding {
  /** Matched against the words, each between underscores. */
  words: RegExp;
  /** Also where the name goes on to say something about it (`blood_type`). */
  whole?: boolean;
}

const rule = (
  what: string,
  classification: Classification,
  handling: Handling,
  words: string,
  whole = false,
): Rule => ({ what, classification, handling, words: new RegExp(`_(?:${words})_`), whole });

const rules: readonly Rule[] = [
  rule(
    'a birth date or age',
    'Confidential',
    'redact',
    'dob|birth_?(?:date|day|year)|date_of_birth|born(?:_on|_at)?|age|geburts_?datum|geburtstag|date_(?:de_)?naissance|fecha_(?:de_)?nacimiento',
    true,
  ),
  rule(
    'about health',
    'Restricted',
    'redact',
    'health|health_\\w+|diagnos[ei]s|diagnostic|icd_?(?:9|10|11)?|medical|medications?|prescriptions?|allerg(?:y|ies)|blood_(?:type|group|pressure)|diseases?|illness(?:es)?|symptoms?|disabilit(?:y|ies)|disabled_person|pregnan(?:t|cy)|vaccinat(?:ed|ion)|vaccinations?|hiv|therapy|krankheit|diagnose|gesundheit|sante|salud',
    true,
  ),
  rule(
    'data of a specially protected kind',
    'Restricted',
    'redact',
    'religion|religious_\\w+|denomination|konfession|ethnicit(?:y|ies)|ethnic_\\w+|race|sexual_orientation|political_\\w+|trade_union|union_membership|biometrics?|biometric_\\w+|genetic_\\w+|dna|criminal_\\w+|convictions?',
    true,
  ),
  rule(
    'a national or tax number',
    'Restricted',
    'redact',
    'ssn|social_security|social_security_(?:no|nr|number)|national_(?:id|identifier|insurance|number)|nino|bsn|burgerservicenummer|dni|nie|nif|codice_fiscale|cpf|pesel|aadhaar|personnummer|steuer_?(?:id|nummer)|tax_?(?:id|no|number|payer)|tin|itin|passport|passport_(?:id|no|nr|number)|id_card(?:_number)?|drivers?_licen[cs]e(?:_number)?|identity_(?:card|number)|nhs_number|sozialversicherungs_?nummer',
    true,
  ),
  rule(
    'a card security code',
    'Restricted',
    'never_leave',
    'cvv2?|cvc2?|csc|card_(?:security|verification)_(?:code|value)',
  ),
  rule(
    'a secret',
    'Restricted',
    'never_leave',
    'pass_?words?|passwd|pwd|pass_?phrase|passwort|contrasena|mot_de_passe|secrets?|client_secret|api_?keys?|(?:access|private|signing|encryption|session|ssh|secret)_?key|tokens?|credentials?|otp|totp|mfa_seed|salt|recovery_codes?|security_answer|jwt|pin|pin_code',
  ),
  rule(
    'a card number',
    'Restricted',
    'mask',
    '(?:credit_?|debit_?|payment_?)?card_?(?:no|nr|num|number)|(?:credit|debit|payment)_?card|cc_?(?:no|num|number)|pan|karten_?nummer',
  ),
  rule(
    'a bank account',
    'Restricted',
    'mask',
    'iban|bank_?account|bank_?account_?(?:no|nr|number)|account_?(?:no|nr|number)|konto_?nummer|kontonr|sort_?code|routing_?(?:no|number)',
  ),
  rule(
    'about pay',
    'Restricted',
    'redact',
    'salar(?:y|ies)|wages?|payroll|compensation|(?:gross|net|base)_pay|bonus|income|earnings|gehalt|lohn|einkommen|salaire|salario',
  ),
  rule('an email address', 'Confidential', 'mask', 'e_?mails?|mail|mail_address|courriel|correo'),
  rule(
    'a telephone number',
    'Confidential',
    'mask',
    '(?:tele)?phones?|(?:tele|mobile|cell|home|work)_?phone|mobile|mobile_(?:no|number)|cell|tel|tel_(?:no|nr)|fax|msisdn|telefon|telefono|telefonnummer|handy|handynummer|whats_?app',
  ),
  rule(
    "an online identifier of a person's",
    'Confidential',
    'tokenise',
    'ip|ip_?addr(?:ess)?|ipv[46]|mac_address|device_?id|advertising_id|cookie_?id|imei|user_agent|fingerprint',
    true,
  ),
  rule(
    'part of a postal address or a place',
    'Confidential',
    'mask',
    'address|addresses|address_?line_?\\d?|addr|street|street_\\w+|house_?(?:no|number)|post_?code|postal_?code|zip|zip_?code|plz|city|town|strasse|hausnummer|adresse|anschrift|ort|direccion|lat|lng|lon|latitude|longitude|geo_?location|coordinates',
  ),
  rule(
    "a person's name",
    'Confidential',
    'none',
    '(?:first|last|full|given|family|middle|maiden|birth|nick)_?names?|sur_?name|display_name|(?:customer|client|contact|employee|patient|person|member|guest|recipient|owner|holder|cardholder|user|author|passenger|applicant)_?name|username|login|vor_?name|nach_?name|prenom|apellidos?|nombre',
  ),
  rule(
    "someone's financial standing",
    'Confidential',
    'none',
    'credit_?(?:score|limit|rating)|(?:account_)?balance|debts?|net_worth|overdraft',
  ),
];

/** The name says something about it, such as when it was changed, and not the thing itself. */
const aboutIt =
  /_(?:at|on|count|type|status|state|verified|enabled|confirmed|required|updated|changed|expires|expiry|expired|length|format|provider|version|kind|flag|brand|attempts|retries|id|ids|uuid|valid|opt_in|opted_in|used|limit|policy)_$|^_(?:is|has|can|num|no_of|number_of)_/;

const people =
  /_(?:customers?|clients?|users?|persons?|people|employees?|staff|members?|patients?|contacts?|guests?|students?|applicants?|candidates?|drivers?|passengers?|subscribers?|recipients?|owners?|authors?|kunden?|mitarbeiter|personen?)_/;

/** The words of a name, in lower case, without accents, each between underscores: `_birth_date_`. */
export function wordsOf(name: string): string {
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return `_${words}_`;
}

export interface Named {
  /** A column's name, or a path such as `owner.birthDate`. */
  name: string;
  /** What it belongs to: `customers`. */
  asset: string;
  /** Whether it can only be yes or no. */
  flag: boolean;
}

/** What a name says; undefined when it says nothing. */
export function byName({ name, asset, flag }: Named): Finding | undefined {
  const parts = name
    .replaceAll(/\[\]|\*/g, '')
    .split('.')
    .filter(Boolean);
  const own = wordsOf(parts.at(-1) ?? name);
  // `card.number` is read as card_number, but its own word comes first.
  const within = parts.length > 1 ? wordsOf(parts.slice(-2).join('_')) : own;
  for (const words of new Set([own, within])) {
    const found = rules.find(
      (each) => each.words.test(words) && (each.whole || !(flag || aboutIt.test(own))),
    );
    if (found) {
      const { classification, handling, what } = found;
      return { classification, handling, what };
    }
  }
  const holder = parts.length > 1 ? wordsOf(parts.at(-2) ?? '') : wordsOf(asset);
  if (/^_(?:name|title_and_name)_$/.test(own) && people.test(holder)) {
    return { classification: 'Confidential', handling: 'none', what: "a person's name" };
  }
  return undefined;
}

const freeText =
  /_(?:notes?|comments?|remarks?|message|messages|body|free_?text|text|content|description|feedback|review|transcript|memo|bio|complaint|reason|subject|bemerkung|kommentar|nachricht|beschreibung)_/;

/** Whether a name is one under which people write what they like. */
export function isFreeText(name: string): boolean {
  const own = wordsOf(name.split('.').at(-1) ?? name);
  return freeText.test(own) && !aboutIt.test(own);
}
