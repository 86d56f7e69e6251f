/** Names of variables whose values are most likely secrets. */
const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token|api_?key|private_?key|credential|auth)s?(_|$)/i;

/** An environment for people's eyes and the journal: values of variables that are named like secrets become `[redacted]`, and so do passwords in URLs. */
export function redactEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : value.replace(/(\w+:\/\/[^\s/:@]*:)[^\s/@]+@/g, '$1[redacted]@'),
    ]),
  );
}
