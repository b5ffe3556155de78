const REDACTED = '[redacted]';

/** Tokens that can be recognised by their format, whichever tool printed them into a finding. */
const TOKENS = new RegExp(
  [
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`,
    String.raw`\bgh[opsur]_[A-Za-z0-9_.-]{20,}`,
    String.raw`\bgithub_pat_[A-Za-z0-9_]{20,}`,
    String.raw`\bgl(?:pat|ptt|dt|rt|cbt|agent|soat|ft|imt)-[A-Za-z0-9_.-]{16,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}`,
    String.raw`\bAIza[A-Za-z0-9_-]{35}`,
    String.raw`\bnpm_[A-Za-z0-9]{30,}`,
    String.raw`\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`,
    String.raw`\bhv[sbr]\.[A-Za-z0-9_-]{20,}`,
    String.raw`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`,
    String.raw`\bAT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{20,}`,
    String.raw`\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b`,
    String.raw`(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`,
    String.raw`(?<=\b[Bb]earer )[A-Za-z0-9._~+/=-]{16,}`,
    String.raw`(?<=:\/\/)[^\s/:@]{1,256}:[^\s/@]{1,256}(?=@)`,
  ].join('|'),
  'g',
);

/** A quick check for a part of every token, before the slow expression. */
const HINT =
  /gh[opsur]_|github_pat_|gl[a-z]{2,5}-|A[KS]IA|xox|[rs]k_|AIza|npm_|dckr_|hv[sbr]\.|SG\.|AT(?:ATT|CTT|BB)|AZDO|eyJ|earer |:\/\/|PRIVATE KEY/;

export function redactTokens(text: string): string {
  return HINT.test(text) ? text.replace(TOKENS, REDACTED) : text;
}
