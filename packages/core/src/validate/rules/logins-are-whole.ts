import type { Finding, Path } from '../../component/finding.ts';
import type { LoginDefinition, OAuthDefinition, RegistryDefinition } from '../../definition/topology-definition.ts';
import type { Rule } from '../rule.ts';

/** States that a login has what its mechanism needs, and nothing that only another one takes. */
export const loginsAreWhole: Rule = ({ definition, report }) => {
  for (const [name, { sasl, registry }] of definition.clusters) {
    if (sasl !== undefined) for (const finding of ofLogin(sasl, ['clusters', name, 'sasl'])) report(finding);
    if (registry !== undefined)
      for (const finding of ofRegistry(registry, ['clusters', name, 'registry'])) report(finding);
  }
};

function ofRegistry({ username, password, token }: RegistryDefinition, at: Path): Finding[] {
  if (token !== undefined) {
    const key = username === undefined ? 'password' : 'username';
    if (username === undefined && password === undefined) return [];
    return [
      conflict([...at, key], `a registry takes a token, or a user with a password, so that "${key}" has no meaning.`),
    ];
  }
  return username === undefined && password !== undefined ? [missing(at, 'the key "username" is missing.')] : [];
}

function ofLogin(sasl: LoginDefinition, at: Path): Finding[] {
  const { mechanism, oauth } = sasl;
  const users = (['username', 'password', 'allowPlaintext'] as const).filter((key) => sasl[key] !== undefined);
  if (mechanism === 'oauthbearer')
    return [
      ...users.map((key) => conflict([...at, key], `"oauthbearer" takes tokens, so that "${key}" has no meaning.`)),
      ...(oauth === undefined ? [missing(at, 'the key "oauth" is missing.')] : ofTokens(oauth, [...at, 'oauth'])),
    ];
  const findings = (['username', 'password'] as const)
    .filter((key) => sasl[key] === undefined)
    .map((key) => missing(at, `the key "${key}" is missing.`));
  if (oauth !== undefined)
    findings.push(conflict([...at, 'oauth'], `"${mechanism}" takes a password, so that "oauth" has no meaning.`));
  return findings;
}

function ofTokens(oauth: OAuthDefinition, at: Path): Finding[] {
  const { tokenFile, tokenUrl } = oauth;
  const forEndpoint = (['clientId', 'clientSecret', 'scope'] as const).filter((key) => oauth[key] !== undefined);
  if (tokenFile !== undefined && tokenUrl !== undefined)
    return [conflict(at, 'tokens come from "tokenFile" or from "tokenUrl", not from both.')];
  if (tokenFile !== undefined)
    return forEndpoint.map((key) =>
      conflict([...at, key], `a file is read as it is, so that "${key}" has no meaning.`),
    );
  if (tokenUrl === undefined) return [missing(at, 'one of "tokenFile" and "tokenUrl" is needed.')];
  return (['clientId', 'clientSecret'] as const)
    .filter((key) => oauth[key] === undefined)
    .map((key) => missing(at, `the key "${key}" is missing.`));
}

function missing(at: Path, message: string): Finding {
  return { code: 'MISSING_KEY', severity: 'error', at, message, on: 'key' };
}

function conflict(at: Path, message: string): Finding {
  return { code: 'OPTIONS_CONFLICT', severity: 'error', at, message };
}
