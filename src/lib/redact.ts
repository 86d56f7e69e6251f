/** Redaction by name: what is most likely a secret, going by what it is called. Secrets that are known are looked for by `Redactor`. */

/** Stands where a secret stood. */
export const REDACTED = '[redacted]';

const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token|api_?key|private_?key|credential|auth)s?(_|$)/i;

/** Whether the values of variables, or of keys, of this name are most likely secrets. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name.replaceAll('-', '_'));

/** A text with the passwords of all URLs in it left out. */
export const redactUrls = (text: string): string =>
  text.replace(/(\w{1,32}:\/\/[^\s/:@]*:)[^\s/]+@/g, `$1${REDACTED}@`);

/** An environment for people's eyes and the journal: values of variables that are named like secrets become `[redacted]`, and so do passwords in URLs. */
export function redactEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, isSecretName(name) ? REDACTED : redactUrls(value)]),
  );
}

/** A line of a list of variables, `NAME=value`, redacted in the same way. */
export function redactVariable(line: string): string {
  const at = line.indexOf('=');
  return at > 0 && isSecretName(line.slice(0, at)) ? `${line.slice(0, at)}=${REDACTED}` : redactUrls(line);
}
