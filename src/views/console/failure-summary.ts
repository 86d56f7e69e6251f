/** Why a run failed: on one line for the headline, and what that line does not say for below it. */

export interface FailureSummary {
  /** `charlie died, 1 of 4 expectations unmet`. */
  readonly short: string;
  /** Reasons that the short form does not tell in full. */
  readonly rest: readonly string[];
}

/** Reasons that a headline holds. */
const MOST_IN_HEADLINE = 3;
/** Reasons that stand below it, at most; run.log and the report have all. */
const MOST_BELOW = 8;

/** One reason is told whole; of several the beginnings, and below those that say more. */
export function failureSummary(reasons: readonly string[]): FailureSummary {
  const [only, ...others] = reasons;
  if (only === undefined) return { short: '', rest: [] };
  if (others.length === 0) return { short: only, rest: [] };
  // How many expectations are unmet is not to fall behind five deaths.
  const chosen = reasons.length <= MOST_IN_HEADLINE ? reasons : pick(reasons);
  const more = reasons.length - chosen.length;
  const short = [...chosen.map(beginning), ...(more === 0 ? [] : [`${more} more`])].join(', ');
  const unsaid = reasons.filter((reason) => !chosen.includes(reason) || beginning(reason) !== reason);
  const hidden = unsaid.length - MOST_BELOW;
  return {
    short,
    rest: hidden <= 0 ? unsaid : [...unsaid.slice(0, MOST_BELOW), `and ${hidden} more reasons, in the report`],
  };
}

function pick(reasons: readonly string[]): readonly string[] {
  const counts = reasons.find((reason) => /^\d+ of \d+ expectations? /.test(reason));
  const chosen = reasons.filter((reason) => reason !== counts).slice(0, MOST_IN_HEADLINE - 1);
  return counts === undefined ? chosen : [...chosen, counts];
}

/** What stands before the colon: `charlie died` of `charlie died: exited with 137`. A colon in a quoted command is none. */
function beginning(reason: string): string {
  return /^((?:"[^"]*"|[^":]|:(?! ))+): /.exec(reason)?.[1] ?? reason;
}
